// Wrong: answers 200 to everything.
export default () => (req, res) => {
  req.resume();
  res.end('ok');
};
