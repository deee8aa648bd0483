import type { LitElement } from "lit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import "../src/index";
import type { TeslaScoutAccountCard } from "../src/account-card";
import { TeslaScoutCard, suggestion } from "../src/car-card";
import type { Hass } from "../src/hass";
import type { AccountView } from "../src/types";
import { account, car, house } from "./fixtures";

type Card = TeslaScoutCard | TeslaScoutAccountCard;

async function settle(card: Card): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await Promise.resolve();
    await card.updateComplete;
  }
}

async function open(
  hass: Hass,
  config: Record<string, unknown> = {},
  name = "tesla-scout-card",
): Promise<Card> {
  const card = document.createElement(name) as Card;
  card.setConfig({ type: `custom:${name}`, ...config });
  card.hass = hass;
  document.body.append(card);
  await settle(card);
  return card;
}

const root = (card: Card) => card.shadowRoot as ShadowRoot;
const text = (card: Card) => (root(card).textContent ?? "").replaceAll(/[\s\u00a0]+/g, " ").trim();
const button = (card: Card, name: string) => {
  const found = [...root(card).querySelectorAll("button")].find((each) =>
    each.textContent?.replaceAll("\u00a0", " ").includes(name),
  );
  if (!found) throw new Error(`There is no button ${name}`);
  return found;
};

const skips = { tesla_scout_worker: { skip_charging: {} } };
const elementOf = (name: string) => customElements.get(`tesla-scout-${name}`);
const stylesOf = (kind: unknown) =>
  (kind as { elementStyles: { cssText: string }[] }).elementStyles
    .map(({ cssText }) => cssText)
    .join("\n");

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime("2026-11-24T17:20:00Z");
});
afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe("the car's card", () => {
  it("says in three seconds what matters", async () => {
    const shown = text(await open(house(car("on_track")).hass));
    expect(shown).toContain("40 %");
    expect(shown).toContain("Plugged in");
    expect(shown).toContain("80 % by Wed 07:00: yes, 2 h 16 min to spare");
    expect(shown).toContain("02:00–04:44");
    expect(shown).toContain("12.21");
  });

  it("moves the focus to a question, to its answer, and back to its button", async () => {
    const card = await open(house(car("on_track"), { services: skips }).hass);
    const asker = button(card, "Skip tonight");
    asker.focus();
    asker.click();
    await settle(card);
    expect(root(card).activeElement?.textContent).toContain("Yes");
    (root(card).activeElement as HTMLElement).click();
    await settle(card);
    expect(root(card).activeElement?.getAttribute("aria-label")).toBe("Close");
    (root(card).activeElement as HTMLElement).click();
    await settle(card);
    expect(root(card).activeElement).toBe(asker);
    asker.click();
    await settle(card);
    button(card, "No").focus();
    button(card, "No").click();
    await settle(card);
    expect(root(card).activeElement).toBe(asker);
  });

  it("leaves the focus alone that is elsewhere", async () => {
    const card = await open(house(car("on_track"), { services: skips }).hass);
    button(card, "Skip tonight").click();
    await settle(card);
    expect(root(card).activeElement).toBe(null);
  });

  it("writes no two flags on one another, however many requests there are", async () => {
    const view = car("special");
    const plan = view.plans[0] as (typeof view.plans)[number];
    const times = [0, 30, 60, 90].map((minutes) => Date.parse(plan.ready_by) + minutes * 60_000);
    const more = times.map((time, index) => ({
      ...plan,
      session_id: `special_${index}`,
      ready_by: new Date(time).toISOString(),
    }));
    const card = await open(house({ ...view, plans: [...view.plans, ...more] }).hass);
    const strip = root(card).querySelector("tesla-scout-strip") as LitElement;
    (strip as unknown as { width: number }).width = 500;
    await strip.updateComplete;
    const flags = [...(strip.shadowRoot?.querySelectorAll("text.flag") ?? [])].map((flag) => ({
      middle: Number(flag.getAttribute("x")),
      row: flag.getAttribute("y"),
      half: (flag.textContent ?? "").length * 3.4,
    }));
    expect(flags.length).toBeGreaterThan(1);
    for (const one of flags) {
      for (const other of flags) {
        const apart = Math.abs(one.middle - other.middle) >= one.half + other.half - 0.1;
        expect(one === other || one.row !== other.row || apart).toBe(true);
      }
    }
  });

  it("calls a request by the title of its event", async () => {
    const view = car("special");
    const plans = view.plans.map((plan) =>
      plan.session_id === null ? plan : { ...plan, title: "To the sea" },
    );
    const shown = text(await open(house({ ...view, plans }).hass));
    expect(shown).toContain("To the sea · 95 % by");
    expect(text(await open(house(view).hass))).toContain("Special charging · 95 % by");
  });

  it("moves nothing, so that nobody has to ask for less motion", () => {
    const sheets = [TeslaScoutCard, ...["strip", "special", "day", "vacation"].map(elementOf)].map(
      stylesOf,
    );
    for (const sheet of sheets) {
      expect(sheet.length).toBeGreaterThan(100);
      expect(sheet).not.toMatch(/transition|animation|scroll-behavior/);
    }
  });

  it("goes by the clock of Home Assistant", async () => {
    vi.setSystemTime("2026-11-24T23:00:00Z");
    const shown = text(await open(house(car("on_track")).hass));
    expect(shown).toContain("read just now");
    expect(shown).toContain("80 % by Wed 07:00");
  });

  it("waits for an integration that is not there yet, and begins with it", async () => {
    let times = 0;
    const { hass } = house(car("on_track"));
    const good = hass.connection.subscribeMessage;
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    hass.connection.subscribeMessage = async (callback, message) => {
      times += 1;
      if (times === 1) throw { code: "unknown_command", message: "Unknown command." };
      return good(callback, message);
    };
    const card = await open(hass);
    expect(text(card)).toContain("Unknown command");
    await vi.advanceTimersByTimeAsync(5_100);
    await settle(card);
    expect(text(card)).toContain("40 %");
  });

  it("listens only while it is on the page", async () => {
    const stop = vi.fn(async () => undefined);
    const { hass } = house(car("on_track"));
    hass.connection.subscribeMessage = async (callback) => {
      callback(car("on_track") as never);
      return stop;
    };
    const card = await open(hass);
    expect(stop).not.toHaveBeenCalled();
    card.remove();
    expect(stop).toHaveBeenCalledOnce();
    document.body.append(card);
    await settle(card);
    expect(text(card)).toContain("40 %");
  });

  it("ends shadow mode by one button, and undoes it by another", async () => {
    const { hass, calls } = house(car("shadow"));
    const card = await open(hass);
    expect(text(card)).toContain("Would charge");
    button(card, "Start for real").click();
    await settle(card);
    expect(calls.services.at(-1)).toMatchObject({ domain: "switch", service: "turn_off" });
    expect(text(card)).toContain("Plans are sent to the car from now on.");
    button(card, "Undo").click();
    await settle(card);
    expect(calls.services.at(-1)).toMatchObject({ domain: "switch", service: "turn_on" });
  });

  it("asks before what costs, and does nothing on no", async () => {
    const { hass, calls } = house(car("on_track"));
    const card = await open(hass);
    button(card, "Read now").click();
    await settle(card);
    expect(calls.services).toEqual([]);
    button(card, "No").click();
    await settle(card);
    button(card, "Read now").click();
    await settle(card);
    button(card, "Yes").click();
    await settle(card);
    expect(calls.services).toEqual([
      { domain: "tesla_scout_worker", service: "scout_now", data: { device_id: "car" } },
    ]);
  });

  it("asks with what a read costs by this way, and not where it costs nothing", async () => {
    const view = car("on_track");
    const paid = await open(house(view).hass);
    button(paid, "Read now").click();
    await settle(paid);
    expect(text(paid)).toContain("It costs about €0.002.");
    const { hass, calls } = house({ ...view, read_price: 0 });
    const free = await open(hass);
    button(free, "Read now").click();
    await settle(free);
    expect(calls.services.at(-1)?.service).toBe("scout_now");
    expect(text(free)).toContain("The car was read.");
  });

  it("charges now to the target or to the limit, with what each costs", async () => {
    const view = { ...car("on_track"), limit: 90, limit_cost: 43.8 };
    const { hass, calls } = house(view, { services: hands });
    const card = await open(hass);
    button(card, "Charge now").click();
    await settle(card);
    expect(text(card)).toContain("To its limit of 90 % it costs PLN 43.80.");
    button(card, "To the limit, 90 %").click();
    await settle(card);
    expect(data(calls)).toEqual({ device_id: "car", target: 90 });
    expect(text(card)).toContain("It charges to 90 % from now on.");
    button(card, "Undo").click();
    await settle(card);
    expect(data(calls)).toEqual({ device_id: "car", override: "charge_now" });
    button(card, "Charge now").click();
    await settle(card);
    button(card, "To 80 %").click();
    await settle(card);
    expect(data(calls)).toEqual({ device_id: "car", target: 80 });
  });

  it("has hands only where there are actions", async () => {
    const few = text(await open(house(car("on_track")).hass));
    expect(few).not.toContain("Charge now");
    const services = { tesla_scout_worker: { charge_now: {}, skip_charging: {} } };
    const { hass, calls } = house(car("on_track"), { services });
    const card = await open(hass);
    button(card, "Charge now").click();
    await settle(card);
    expect(text(card)).toContain("instead of PLN 12.21");
    button(card, "Yes").click();
    await settle(card);
    expect(calls.services.at(-1)?.service).toBe("charge_now");
  });

  const hands = { tesla_scout_worker: { charge_now: {}, skip_charging: {} } };
  const data = (calls: { services: { data: unknown }[] }) => calls.services.at(-1)?.data;

  it("charges now to the target, and takes it back", async () => {
    const { hass, calls } = house(car("on_track"), { services: hands });
    const card = await open(hass);
    button(card, "Charge now").click();
    await settle(card);
    button(card, "Yes").click();
    await settle(card);
    expect(data(calls)).toEqual({ device_id: "car", target: 80 });
    expect(text(card)).toContain("It charges to 80 % from now on.");
    button(card, "Undo").click();
    await settle(card);
    expect(calls.services.at(-1)?.service).toBe("cancel_override");
    expect(data(calls)).toEqual({ device_id: "car", override: "charge_now" });
  });

  it("shows a charge that was asked for now, and stops it once it was asked", async () => {
    const view = car("special");
    const plans = view.plans.map((plan) =>
      plan.session_id ? { ...plan, source: "charge_now" } : plan,
    );
    const { hass, calls } = house({ ...view, plans }, { services: hands });
    const card = await open(hass);
    expect(text(card)).toContain("Charging now to 95 %");
    expect(() => button(card, "Charge now")).toThrow();
    button(card, "Cancel").click();
    await settle(card);
    expect(calls.services).toEqual([]);
    button(card, "Yes").click();
    await settle(card);
    expect(data(calls)).toEqual({ device_id: "car", override: "charge_now" });
    button(card, "Undo").click();
    await settle(card);
    expect(calls.services.at(-1)?.service).toBe("charge_now");
  });

  it("skips the night once it was asked, and takes it back", async () => {
    const { hass, calls } = house(car("on_track"), { services: hands });
    const card = await open(hass);
    button(card, "Skip tonight").click();
    await settle(card);
    expect(text(card)).toContain("Charge nothing until the next departure?");
    button(card, "Yes").click();
    await settle(card);
    expect(data(calls)).toEqual({ device_id: "car" });
    button(card, "Undo").click();
    await settle(card);
    expect(data(calls)).toEqual({ device_id: "car", override: "skip" });
  });

  it("asks once more before a skip breaks a promise", async () => {
    const { hass, calls } = house(car("on_track"), { services: hands });
    const call = hass.callService;
    hass.callService = async (domain, service, given, ...rest) => {
      const answer = await call(domain, service, given, ...rest);
      if (service === "skip_charging" && !given?.["confirm"]) {
        throw { translation_key: "skip_breaks_session", message: "90 % would not be kept." };
      }
      return answer;
    };
    const card = await open(hass);
    button(card, "Skip tonight").click();
    await settle(card);
    button(card, "Yes").click();
    await settle(card);
    expect(text(card)).toContain("90 % would not be kept.");
    button(card, "Cancel it and skip").click();
    await settle(card);
    expect(data(calls)).toEqual({ device_id: "car", confirm: true });
    expect(text(card)).toContain("Nothing is charged until the next departure.");
  });

  it("says what a skip that is taken back cannot restore", async () => {
    const { hass } = house(car("on_track"), { services: hands });
    const call = hass.callService;
    hass.callService = async (domain, service, ...rest) => {
      await call(domain, service, ...rest);
      const lost = [{ target: 90, until: "2026-11-25T06:00:00Z" }];
      return service === "cancel_override" ? { response: { lost } } : undefined;
    };
    const card = await open(hass);
    button(card, "Skip tonight").click();
    await settle(card);
    button(card, "Yes").click();
    await settle(card);
    button(card, "Undo").click();
    await settle(card);
    expect(text(card)).toContain("It is too late to plan 90 % by Wed 07:00 again.");
  });

  it("shows what was said about the coming days, and takes it back", async () => {
    const said = [
      { kind: "skip", since: "2026-11-24T17:00:00Z", until: "2026-11-25T06:00:00Z", target: null },
      { kind: "target", since: "2026-11-26T23:00:00Z", until: "2026-11-27T23:00:00Z", target: 60 },
      {
        kind: "vacation",
        since: "2026-12-05T11:00:00Z",
        until: "2026-12-19T11:00:00Z",
        target: 50,
      },
    ];
    const { hass, calls } = house({ ...car("on_track"), overrides: said }, { services: hands });
    const card = await open(hass);
    const shown = text(card);
    expect(shown).toContain("Skipped: nothing is charged until Wed 07:00");
    expect(shown).toContain("60 % on Fri, instead of the usual target");
    expect(shown).toContain("Vacation from Dec 5 12:00 until Dec 19 12:00: at most 50 %");
    expect(() => button(card, "Skip tonight")).toThrow();
    const again = ["skip_charging", "set_target", "start_vacation"];
    for (const [index, service] of again.entries()) {
      const rows = [...root(card).querySelectorAll<HTMLButtonElement>(".session button")];
      rows[index]?.click();
      await settle(card);
      const date = service === "set_target" ? { date: "2026-11-27" } : {};
      expect(data(calls)).toEqual({ device_id: "car", override: said[index]?.kind, ...date });
      button(card, "Undo").click();
      await settle(card);
      expect(calls.services.at(-1)?.service).toBe(service);
    }
    const target = calls.services.find(({ service }) => service === "set_target");
    expect(target?.data).toEqual({ device_id: "car", target: 60, date: "2026-11-27" });
  });

  it("offers no skip where nothing is planned", async () => {
    const card = await open(house(car("shadow"), { services: hands }).hass);
    expect(() => button(card, "Skip tonight")).toThrow();
  });

  it("cancels special charging once it was asked, and brings it back", async () => {
    const { hass, calls } = house(car("special"));
    const card = await open(hass);
    button(card, "Cancel").click();
    await settle(card);
    expect(text(card)).toContain("Cancel 95 % by Thu 06:30?");
    button(card, "Yes").click();
    await settle(card);
    expect(calls.services.at(-1)?.service).toBe("cancel_special_charging");
    button(card, "Undo").click();
    await settle(card);
    // Its title, its event and its repeats are those of the session that was cancelled.
    expect(calls.services.at(-1)).toMatchObject({
      service: "restore_special_charging",
      data: { device_id: "car", session_id: "special_1_20261126_0630" },
    });
  });

  it("tells a failure in words", async () => {
    const { hass } = house(car("on_track"), {
      localize: (key) => (key.includes("rate_limited") ? "Tesla asks for a pause." : ""),
      callService: async () => {
        throw { translation_key: "rate_limited", message: "429" };
      },
    });
    const card = await open(hass);
    button(card, "Read now").click();
    await settle(card);
    button(card, "Yes").click();
    await settle(card);
    expect(text(card)).toContain("Tesla asks for a pause.");
  });

  it("shows a person without rights no door to the settings", async () => {
    const view = car("no_prices");
    expect(text(await open(house(view).hass))).toContain("Options");
    const { hass } = house(view, { user: { is_admin: false } });
    const shown = text(await open(hass));
    expect(shown).toContain("There are no prices.");
    expect(shown).not.toContain("Options");
  });

  it("has no hands when it is compact", async () => {
    const card = await open(house(car("on_track")).hass, { compact: true });
    expect(text(card)).toContain("80 % by Wed 07:00");
    expect(root(card).querySelector("button")).toBeNull();
  });

  it("refuses a device that is no id", () => {
    expect(() => new TeslaScoutCard().setConfig({ type: "x", device_id: 5 as never })).toThrow();
  });
});

describe("special charging", () => {
  it("shows the plan before anything is changed, then asks for it", async () => {
    const { hass, calls } = house(car("on_track"));
    const card = await open(hass);
    button(card, "100 % by").click();
    await settle(card);
    const form = root(card).querySelector("tesla-scout-special") as unknown as Card;
    await new Promise((resolve) => setTimeout(resolve, 20));
    await settle(form);
    expect(calls.ws).toEqual([
      {
        type: "tesla_scout_worker/preview_plan",
        device_id: "car",
        target: 100,
        ready_by: "2026-11-25T06:00:00.000Z",
      },
    ]);
    expect(text(form)).toContain("100 % by Wed 07:00: yes, 1 h to spare");
    expect(text(form)).toContain("21.48");
    expect(calls.services).toEqual([]);
    root(form).querySelector("form")?.dispatchEvent(new Event("submit"));
    await settle(form);
    await settle(card);
    expect(calls.services.map(({ service }) => service)).toEqual(["add_special_charging"]);
    expect(text(card)).toContain("Planned: 100 % by Wed 07:00.");
    button(card, "Undo").click();
    await settle(card);
    expect(calls.services.at(-1)).toMatchObject({
      service: "cancel_special_charging",
      data: { session_id: "special_1" },
    });
  });
});

describe("another target for one day", () => {
  const services = { tesla_scout_worker: { set_target: {} } };

  async function openForm(hass: Hass): Promise<{ card: Card; form: Card }> {
    const card = await open(hass);
    button(card, "Another day").click();
    await settle(card);
    const form = root(card).querySelector("tesla-scout-day") as unknown as Card;
    await settle(form);
    return { card, form };
  }

  it("sets the target of a day, and takes that of this day back", async () => {
    const { hass, calls } = house(car("on_track"), { services });
    const { card, form } = await openForm(hass);
    expect(button(card, "Another day").getAttribute("aria-expanded")).toBe("true");
    button(form, "Fri").click();
    await settle(form);
    expect(text(form)).toContain("Fri: 100 %");
    root(form).querySelector("form")?.dispatchEvent(new Event("submit"));
    await settle(form);
    await settle(card);
    expect(calls.services.at(-1)).toMatchObject({
      service: "set_target",
      data: { device_id: "car", target: 100, date: "2026-11-27" },
    });
    expect(text(card)).toContain("100 % on Fri, instead of the usual target.");
    expect(root(card).querySelector("tesla-scout-day")).toBeNull();
    button(card, "Undo").click();
    await settle(card);
    expect(calls.services.at(-1)).toMatchObject({
      service: "cancel_override",
      data: { device_id: "car", override: "target", date: "2026-11-27" },
    });
  });

  it("begins with tomorrow, and says that the limit is raised", async () => {
    const { form } = await openForm(house(car("on_track"), { services }).hass);
    expect(button(form, "Wed").getAttribute("aria-pressed")).toBe("true");
    expect(text(form)).toContain("The charge limit is raised for this");
  });

  it("takes any date, and says in words why one is refused", async () => {
    const { hass, calls } = house(car("on_track"), { services });
    hass.localize = (key) => (key.includes("no_departure") ? "No departure that day." : "");
    hass.callService = async (domain, service, given) => {
      calls.services.push({ domain, service, data: given });
      throw { translation_key: "no_departure_that_day", message: "no" };
    };
    const { card, form } = await openForm(hass);
    const field = root(form).querySelector<HTMLInputElement>("#date");
    if (!field) throw new Error("There is no field for a date");
    field.value = "2026-12-24";
    field.dispatchEvent(new Event("change"));
    await settle(form);
    root(form).querySelector("form")?.dispatchEvent(new Event("submit"));
    await settle(form);
    expect(calls.services.at(-1)?.data).toMatchObject({ date: "2026-12-24" });
    expect(text(form)).toContain("No departure that day.");
    button(form, "Close").click();
    await settle(card);
    expect(root(card).querySelector("tesla-scout-day")).toBeNull();
  });

  it("is not offered where no plan is made", async () => {
    const view = { ...car("on_track"), sync: false };
    expect(text(await open(house(view, { services }).hass))).not.toContain("Another day");
  });
});

describe("a vacation", () => {
  const services = { tesla_scout_worker: { start_vacation: {} } };

  async function openForm(hass: Hass): Promise<{ card: Card; form: Card }> {
    const card = await open(hass);
    button(card, "Away").click();
    await settle(card);
    const form = root(card).querySelector("tesla-scout-vacation") as unknown as Card;
    await settle(form);
    return { card, form };
  }

  async function fill(form: Card, name: string, value: string): Promise<void> {
    const field = root(form).querySelector<HTMLInputElement>(`#${name}`);
    if (!field) throw new Error(`There is no field ${name}`);
    field.value = value;
    field.dispatchEvent(new Event(name === "target" ? "input" : "change"));
    await settle(form);
  }

  it("holds a level from now on, and is taken back", async () => {
    const { hass, calls } = house(car("on_track"), { services });
    const { card, form } = await openForm(hass);
    expect(text(form)).toContain("At most 50 % until Dec 1 12:00");
    root(form).querySelector("form")?.dispatchEvent(new Event("submit"));
    await settle(form);
    await settle(card);
    expect(calls.services.at(-1)).toMatchObject({
      service: "start_vacation",
      data: { device_id: "car", end: "2026-12-01T11:00:00.000Z", level: 50 },
    });
    expect(calls.services.at(-1)?.data).not.toHaveProperty("start");
    expect(text(card)).toContain("Vacation until Dec 1 12:00: at most 50 %.");
    expect(root(card).querySelector("tesla-scout-vacation")).toBeNull();
    button(card, "Undo").click();
    await settle(card);
    expect(calls.services.at(-1)).toMatchObject({
      service: "cancel_override",
      data: { device_id: "car", override: "vacation" },
    });
  });

  it("takes a level and two times, and says in words what is wrong with them", async () => {
    const { hass, calls } = house(car("on_track"), { services });
    const { card, form } = await openForm(hass);
    await fill(form, "target", "60");
    await fill(form, "since", "2026-12-05T08:07");
    expect(text(form)).toContain("It ends before it begins.");
    expect(button(form, "At most 60 %").disabled).toBe(true);
    await fill(form, "until", "2026-12-19T20:00");
    expect(text(form)).not.toContain("It ends before it begins.");
    root(form).querySelector("form")?.dispatchEvent(new Event("submit"));
    await settle(form);
    await settle(card);
    expect(calls.services.at(-1)?.data).toEqual({
      device_id: "car",
      start: "2026-12-05T07:07:00.000Z",
      end: "2026-12-19T19:00:00.000Z",
      level: 60,
    });
    expect(text(card)).toContain("Vacation from Dec 5 08:07 until Dec 19 20:00: at most 60 %.");
  });

  it("tells a refusal, and takes any minute", async () => {
    const { hass } = house(car("on_track"), { services });
    hass.localize = (key) => (key.includes("override_too_long") ? "At most 90 days." : "");
    hass.callService = async () => {
      throw { translation_key: "override_too_long", message: "no" };
    };
    const { card, form } = await openForm(hass);
    // A step would refuse what is no multiple of it, as the present minute.
    for (const field of root(form).querySelectorAll("input[type=datetime-local]")) {
      expect(field.hasAttribute("step")).toBe(false);
    }
    root(form).querySelector("form")?.dispatchEvent(new Event("submit"));
    await settle(form);
    expect(text(form)).toContain("At most 90 days.");
    button(form, "Close").click();
    await settle(card);
    expect(root(card).querySelector("tesla-scout-vacation")).toBeNull();
  });

  it("is not offered in one, nor where no plan is made", async () => {
    const view = car("on_track");
    const [since, until] = ["2026-11-24T17:00:00Z", "2026-12-05T11:00:00Z"];
    const said = [{ kind: "vacation" as const, since, until, target: 50 }];
    for (const changed of [
      { ...view, overrides: said },
      { ...view, sync: false },
    ]) {
      const card = await open(house(changed, { services }).hass);
      expect(() => button(card, "Away")).toThrow();
    }
  });
});

describe("the account's card", () => {
  it("has the bill, the budget and the calls", async () => {
    const card = await open(house(account()).hass, {}, "tesla-scout-account-card");
    const shown = text(card);
    expect(shown).toContain("November 2026");
    expect(shown).toContain("€0.05 of €10.00");
    expect(shown).toContain("Reads 23");
  });

  it("has what charging cost, and what it saved", async () => {
    const shown = async (...cars: AccountView["cars"]) =>
      text(await open(house({ ...account(), cars }).hass, {}, "tesla-scout-account-card"));
    const [scout] = account().cars as [AccountView["cars"][number]];
    expect(await shown(scout)).toMatch(/Charged at home\s*30 kWh · PLN 12.21 · saved PLN 22.89/);
    const second = { ...scout, name: "Second", on_arrival: scout.cost };
    const both = await shown(scout, second);
    expect(both).toMatch(/Charged at home \(Scout\)\s*30 kWh · PLN 12.21 · saved PLN 22.89/);
    expect(both).toMatch(/Charged at home \(Second\)\s*30 kWh · PLN 12.21/);
    expect(both.match(/saved/g)).toHaveLength(1);
    // Without a price, or without a charge, there is nothing to say.
    expect(await shown({ ...scout, currency: null })).not.toContain("Charged at home");
    expect(await shown({ ...scout, energy: 0, cost: 0, on_arrival: 0 })).not.toContain("Charged");
  });
});

describe("the card picker", () => {
  it("offers the card for the entities of a car alone", () => {
    const { hass } = house(car("on_track"));
    expect(suggestion(hass, "sensor.scout_battery")).toMatchObject({
      config: { type: "custom:tesla-scout-card", device_id: "car" },
    });
    expect(suggestion(hass, "sensor.other")).toBeNull();
  });

  it("knows both cards, with a preview and an editor", () => {
    const cards = (window as unknown as { customCards: { type: string; preview: boolean }[] })
      .customCards;
    expect(cards.map(({ type, preview }) => [type, preview])).toEqual([
      ["tesla-scout-card", true],
      ["tesla-scout-account-card", true],
    ]);
    const { hass } = house(car("on_track"));
    expect(TeslaScoutCard.getStubConfig(hass)).toEqual({ device_id: "car" });
    const form = TeslaScoutCard.getConfigForm() as {
      schema: { name: string; selector: unknown }[];
      computeLabel: (field: { name: string }) => string;
    };
    expect(form.schema.map(form.computeLabel)).toEqual(["Car", "Name", "Compact (wall tablet)"]);
    // A car of any make, and not the account.
    expect(form.schema[0]?.selector).toEqual({
      device: { filter: [{ integration: "tesla_scout_worker" }], entity: [{ domain: "switch" }] },
    });
  });
});
