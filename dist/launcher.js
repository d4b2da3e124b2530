#!/usr/bin/env node
// Finds the binary in the package of this platform and becomes it, or runs it where Node.js cannot do that.
'use strict';

const { spawn } = require('node:child_process');
const { constants } = require('node:os');

const ENVIRONMENT_ERROR = 3;

function fail(problem, hint) {
  process.stderr.write(`error: ${problem}\nhint: ${hint}\n`);
  process.exit(ENVIRONMENT_ERROR);
}

function binary() {
  const { optionalDependencies, repository } = require('../package.json');
  const name = `@hookctl/${process.platform}-${process.arch}`;
  if (!(name in optionalDependencies)) {
    fail(
      `hookctl has no binary for ${process.platform} on ${process.arch}`,
      `build it from source: ${repository.url}`,
    );
  }
  const file = process.platform === 'win32' ? 'hookctl.exe' : 'hookctl';
  try {
    return require.resolve(`${name}/bin/${file}`);
  } catch {
    return fail(
      `the package ${name} is not installed`,
      'install hookctl again without --omit=optional or --no-optional, and not in a folder copied from another platform',
    );
  }
}

// The binary takes the place of Node.js: one process, whose signals, streams and exit code are its own.
function become(file, args) {
  if (typeof process.execve !== 'function' || process.platform === 'win32') return;
  try {
    process.execve(file, [file, ...args], process.env);
  } catch {
    // The child process below does, or says why not.
  }
}

function run(file, args) {
  const child = spawn(file, args, { stdio: 'inherit' });
  child.on('error', (error) => fail(`cannot run ${file}: ${error.message}`, 'install hookctl again'));
  // A terminal sends Ctrl-C and Ctrl-\ to both processes; a second one would make hookctl end in a hurry.
  const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  const fromTerminal = ['SIGINT', 'SIGQUIT'];
  const signals = ['SIGHUP', 'SIGTERM', 'SIGUSR2', ...fromTerminal];
  for (const signal of signals) {
    process.on(signal, () => {
      if (!(terminal && fromTerminal.includes(signal))) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    // Ends as the binary did, so that a shell sees the signal.
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
    // Some signals do not end Node.js.
    setTimeout(() => process.exit(128 + constants.signals[signal]), 1000);
  });
}

const file = binary();
const args = process.argv.slice(2);
become(file, args);
run(file, args);
