/**
 * Opens the cards in headless Chromium, and checks them with axe; with a folder, it keeps pictures.
 *
 *   node harness/pictures.js [folder]
 *
 * The browser is the one in CHROMIUM, or one of the PATH. Without one nothing is checked, which fails
 * only where TSW_BROWSER_REQUIRED is set. It fails on a serious finding, on an error in the
 * console, and on a page that is wider than its window.
 */
import { createServer } from "node:http";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { delimiter, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const component = join(root, "../custom_components/tesla_scout_worker");
const out = process.argv[2];
const types = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json" };

const files = (path) => {
  if (path === "/") return join(here, "index.html");
  if (path === "/card.js") return join(component, "frontend/tesla-scout-card.js");
  if (path.startsWith("/translations/")) return join(component, path);
  return join(root, "tests", path);
};

const server = createServer(async (request, response) => {
  const path = files(new URL(request.url, "http://localhost").pathname);
  try {
    const body = await readFile(path);
    response.writeHead(200, { "content-type": types[extname(path)] ?? "text/plain" });
    response.end(body);
  } catch {
    response.writeHead(204).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${server.address().port}/`;

/** Name, query, width, and what to do before the picture. */
const special = async (page) => {
  await page.getByRole("button", { name: /100 %/ }).first().click();
  await page.waitForTimeout(600);
};
const hour = async (page) => {
  await page.locator(".finger").first().click();
  await page.waitForTimeout(100);
};
const ask = async (page) => {
  await page.getByRole("button", { name: /Charge now|Ładuj teraz/ }).click();
};
const day = async (page) => {
  await page.getByRole("button", { name: /Another day|Inny dzień/ }).click();
};
const away = async (page) => {
  await page.getByRole("button", { name: /Away|Wyjazd/ }).click();
};
const skip = async (page) => {
  await page.getByRole("button", { name: /Skip tonight|Dziś nie ładuj/ }).click();
  await page.locator(".box .main").click();
  await page.waitForTimeout(100);
};
const PICTURES = [
  ["desktop", "view=on_track", 520],
  ["phone", "view=plug_in", 390],
  ["narrow", "view=special", 300],
  ["wide", "view=charging&more", 1400],
  ["dark", "view=on_track&dark", 520, hour],
  ["polish", "view=plug_in&lang=pl", 520],
  ["polish-phone-dark", "view=shadow&lang=pl&dark", 360],
  ["compact", "view=on_track&compact&dark", 800],
  ["special", "view=on_track", 520, special],
  ["special-phone", "view=on_track&lang=pl", 390, special],
  ["special-refused", "view=on_track&fail", 390, special],
  ["ask", "view=on_track&more&limit", 520, ask],
  ["ask-narrow", "view=on_track&more&limit&lang=pl", 300, ask],
  ["day", "view=on_track&more", 520, day],
  ["day-phone-dark", "view=on_track&more&lang=pl&dark", 390, day],
  ["away", "view=on_track&more", 520, away],
  ["away-narrow-dark", "view=on_track&more&lang=pl&dark", 300, away],
  ["done", "view=on_track&more&dark", 520, skip],
  ["all", "view=special&more&all", 520],
  ["all-phone-dark", "view=special&more&all&lang=pl&dark", 390],
  ["all-compact", "view=special&more&all&compact", 1400],
  ["session", "view=special", 520],
  ["window", "view=on_track", 390, hour],
  ["reached", "view=reached", 520],
  ["no-prices", "view=no_prices", 520],
  ["tariff", "view=tariff", 520],
  ["signed-out", "view=signed_out", 520],
  ["account", "cards=tesla-scout-account-card", 520],
  ["account-polish-dark", "cards=tesla-scout-account-card&lang=pl&dark", 300],
];

/** As tests/browser/chromium.py has them. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** Pages that are open at once. */
const AT_ONCE = 3;

function executable() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const named = process.env.CHROMIUM ? [process.env.CHROMIUM] : [];
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...named, ...paths].find((path) => existsSync(path));
}

const executablePath = executable();
if (!executablePath) {
  console.log("No Chromium on the PATH: axe does not check the cards.");
  process.exit(process.env.TSW_BROWSER_REQUIRED ? 1 : 0);
}
if (out) await mkdir(out, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const axe = await readFile(join(root, "node_modules/axe-core/axe.min.js"), "utf8");
const faults = [];
async function look([name, query, width, before]) {
  const deviceScaleFactor = out ? 2 : 1;
  const page = await browser.newPage({ viewport: { width, height: 400 }, deviceScaleFactor });
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`${name}: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`${name}: ${error.message}`));
  const found = new URLSearchParams(query).get("view") ?? "on_track";
  const { at } = JSON.parse(await readFile(join(root, `tests/fixtures/${found}.json`), "utf8"));
  await page.clock.install({ time: new Date(at) });
  await page.goto(`${address}?${query}`);
  await page.waitForFunction(() =>
    document.querySelector("main > *")?.shadowRoot?.querySelector("section"),
  );
  await page.clock.runFor(200);
  if (before) {
    const wait = page.waitForTimeout.bind(page);
    page.waitForTimeout = async (time) => {
      await page.clock.runFor(time);
      await wait(50);
    };
    await before(page);
  }
  await page.waitForTimeout(100);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) faults.push(`${name}: ${wide} px wider than the window`);
  await page.evaluate(axe);
  await page.clock.resume();
  const { violations } = await page.evaluate(() => window.axe.run("main"));
  for (const { id, impact, nodes } of violations) {
    const text = `${name}: axe ${impact}: ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`;
    if (impact === "serious" || impact === "critical") faults.push(text);
    else console.log(text);
  }
  if (out) await page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
  await page.close();
}

const waiting = [...PICTURES];
async function lookOn() {
  for (let next = waiting.shift(); next; next = waiting.shift()) await look(next);
}
await Promise.all(Array.from({ length: AT_ONCE }, lookOn));
await browser.close();
server.close();
console.log(
  `axe checked ${PICTURES.length} looks of the cards${out ? `, pictures in ${out}` : ""}.`,
);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length ? 1 : 0;
