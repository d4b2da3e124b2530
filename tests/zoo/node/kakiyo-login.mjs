// Wrong: a login stands in front.
export default () => (req, res) => {
  req.resume();
  res.writeHead(302, { location: '/login' }).end();
};
