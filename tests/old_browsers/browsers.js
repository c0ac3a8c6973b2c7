// Chromium 109 (the last for Windows 7) and 88, unpacked from their npm packages and driven by fitting puppeteers.
const fs = require("fs");
const path = require("path");
const zlib = require("zlib");
const { pipeline } = require("stream/promises");

const HOME = process.env.OLD_BROWSERS_HOME;
const COMMON = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--window-size=1366,768"];
const BROWSERS = [
  { name: "109", from: "@sparticuz/chromium", driver: "puppeteer-core-19" },
  { name: "88", from: "chrome-aws-lambda", driver: "puppeteer-core" },
];
// Both were built for a place with neither sandbox nor child processes: a machine may take only one of these ways.
const STARTS = [["--no-zygote"], ["--single-process", "--no-zygote"], ["--no-zygote"]];

/** The program inside a package is packed by brotli; nothing else is fetched. */
async function unpacked({ name, from }) {
  const target = path.join(HOME, `chromium-${name}`);
  if (fs.existsSync(target)) return target;
  const source = path.join(HOME, "node_modules", from, "bin", "chromium.br");
  await pipeline(fs.createReadStream(source), zlib.createBrotliDecompress(), fs.createWriteStream(`${target}.part`, { mode: 0o755 }));
  fs.renameSync(`${target}.part`, target);
  return target;
}

/** A browser with a page that answers; that these programs start at the first try is not what is tested here. */
async function launch(browser) {
  const puppeteer = require(browser.driver);
  const executablePath = await unpacked(browser);
  let reason;
  for (const flags of STARTS) {
    let running = null;
    try {
      const args = COMMON.concat(flags);
      running = await puppeteer.launch({ executablePath, headless: true, args, defaultViewport: { width: 1366, height: 768 } });
      return { running, page: await running.newPage() };
    } catch (error) {
      reason = error;
      if (running) running.process().kill("SIGKILL");
    }
  }
  throw reason;
}

module.exports = { BROWSERS, launch };
