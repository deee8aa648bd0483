/**
 * Takes pictures of the cards with headless Chromium, and checks them with axe.
 *
 *   node harness/pictures.js [folder]
 *
 * CHROMIUM names another browser than Debian's. It fails on a serious finding, on an error in the
 * console, and on a page that is wider than its window.
 */
import { createServer } from "node:http";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const component = join(root, "../custom_components/tesla_scout_worker");
const out = process.argv[2] ?? join(here, "pictures");
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

await mkdir(out, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const axe = await readFile(join(root, "node_modules/axe-core/axe.min.js"), "utf8");
const faults = [];
for (const [name, query, width, before] of PICTURES) {
  const page = await browser.newPage({ viewport: { width, height: 400 }, deviceScaleFactor: 2 });
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
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
  await page.close();
}
await browser.close();
server.close();
console.log(`${PICTURES.length} pictures in ${out}`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length ? 1 : 0;
