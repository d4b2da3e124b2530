// Listens on a free port and says which. Ends with the test run: however that ends, our stdin closes.
module.exports = (app) => {
  const server = app.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
  process.stdin.resume().on('end', () => process.exit());
};
