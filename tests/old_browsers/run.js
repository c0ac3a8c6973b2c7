// The paste grid in Chromium 109 and 88. Whatever is missing or wrong fails the run; nothing is skipped.
const { spawn } = require("child_process");
const { once } = require("events");
const { BROWSERS, launch } = require("./browsers");
const { CHECKS, Desk } = require("./checks");

const SERVER = ["-m", "tests.e2e.entry_harness.serving"];

async function serve() {
  const server = spawn(process.env.PYTHON, SERVER, { stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(server, "exit").then(([code]) => { throw new Error(`the test server ended with ${code}`); });
  gone.catch(() => {});
  const [line] = await Promise.race([once(server.stdout, "data"), gone]);
  return { server, url: String(line).trim() };
}

async function tryAll(browser, url) {
  const { running, page } = await launch(browser);
  let failed = 0;
  try {
    console.log(`== ${await running.version()}`);
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => dialog.accept());
    for (const [name, check] of Object.entries(CHECKS)) {
      try {
        const said = await check(new Desk(page, url));
        if (complaints.length) throw new Error(complaints.splice(0).join("; "));
        console.log(`ok      ${name}${said ? `: ${said}` : ""}`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED  ${name}: ${error.message}`);
      }
    }
  } finally {
    await running.close();
  }
  return failed;
}

async function main() {
  const { server, url } = await serve();
  let failed = 0;
  try {
    for (const browser of BROWSERS) failed += await tryAll(browser, url);
  } finally {
    server.stdin.end();
  }
  console.log(failed ? `${failed} checks failed` : "all checks passed");
  process.exitCode = failed ? 1 : 0;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
