// Calls of the live page's library in node: [[name, argument, ...], ...] on standard input, what they return on standard output.
// engine.js LIVE_JS WASM. Arrays of doubles come as base64, so that no bit is lost.
"use strict";
const fs = require("fs"), live = require(require("path").resolve(process.argv[2]));
const bits = (key, value) => value instanceof Float64Array ? { doubles: Buffer.from(value.buffer).toString("base64") } : value;
const revived = (key, value) => value?.bytes ? Uint8Array.from(value.bytes) : value;

live.library(fs.readFileSync(process.argv[3])).then(library => {
  const page = { ...library, defaults: () => Object.fromEntries(Object.keys(live.AXES).map(view => [view, live.initial(view)])),
    commands: (view, ...given) => live.COMMANDS[view](...given), consistent: live.consistent, fitted: live.fitted, address: live.fromAddress,
    written: live.toAddress, tooLarge: live.tooLarge };
  const answers = JSON.parse(fs.readFileSync(0), revived).map(([name, ...given]) => page[name](...given));
  fs.writeSync(1, JSON.stringify(answers, bits)); // a pipe would lose the end of what console.log hands over
});
