import { describe, expect, it } from "vitest";
import { Format } from "../src/format";
import { en } from "../src/locales/en";
import { pl } from "../src/locales/pl";
import {
  lastMoment,
  problemText,
  reasonSentences,
  savings,
  verdictSentence,
  timedSentence,
  windowsText,
} from "../src/sentences";
import type { Verdict } from "../src/types";
import { car, plan } from "./fixtures";

const format = (language: string, time_format = "24") =>
  new Format({
    language,
    locale: { language, time_format, time_zone: "server" },
    config: { time_zone: "Europe/Warsaw" },
  });
const plain = (text: string | null) => text?.replaceAll(/[\u00a0\u202f]/g, " ");

function sentence(name: string, language = "en"): string | undefined {
  const view = car(name);
  return plain(verdictSentence(view.verdict, format(language), new Date(view.at)));
}

describe("the verdict", () => {
  it.each([
    ["on_track", "80 % by Wed 07:00: yes, 2 h 16 min to spare"],
    ["plug_in", "Plug in by 02:00: then 80 % by Wed 07:00"],
    ["reached", "80 % for Thu 07:00: ready"],
    ["shadow", "Preview only: the car charges as soon as it is plugged in"],
    ["no_prices", "No prices known: charges late, by guess"],
    ["signed_out", "Signed out of Tesla"],
  ])("of %s is one sentence", (name, text) => expect(sentence(name)).toBe(text));

  it("is said in Polish", () => {
    expect(sentence("on_track", "pl")).toBe("80 % na śr. 07:00: tak, z zapasem 2 godz. 16 min");
  });

  it("never says more than will be", () => {
    const { verdict } = plan("preview_short");
    const now = new Date("2026-11-24T17:20:00Z");
    expect(plain(verdictSentence(verdict, format("en"), now))).toBe(
      "100 % by 22:00: no, it will be 90 %",
    );
  });

  it("says now when the time has come", () => {
    const verdict: Verdict = { ...car("plug_in").verdict, plug_in_by: "2026-11-25T03:00:00Z" };
    const now = new Date("2026-11-25T03:00:10Z");
    expect(plain(verdictSentence(verdict, format("en"), now))).toBe(
      "Plug in now: then 80 % by 07:00",
    );
  });

  it("adds the last moment where that is later", () => {
    const { verdict, at } = car("plug_in");
    expect(plain(lastMoment(verdict, format("en"), new Date(at)))).toBe("At the latest 04:16");
    expect(lastMoment(car("on_track").verdict, format("en"), new Date(at))).toBeNull();
  });
});

describe("plans", () => {
  it("name their windows by the clock of the person", () => {
    const view = car("on_track");
    const windows = view.plans[0]?.windows ?? [];
    const now = new Date(view.at);
    expect(windowsText(windows, format("en"), now)).toBe("02:00–04:44");
    expect(plain(windowsText(windows, format("en", "12"), now))).toBe("2:00 AM–4:44 AM");
  });

  it("say what is weaker where Home Assistant times the charge", () => {
    const view = car("on_track");
    const windows = view.plans[0]?.windows ?? [];
    const now = new Date(view.at);
    expect(timedSentence(windows, true, format("en"), now)).toBe(
      "Home Assistant starts and stops the charge: if it is down at 02:00, the car does not start by itself.",
    );
    expect(timedSentence(windows, false, format("en"), now)).toBeNull();
    expect(timedSentence([], true, format("en"), now)).toBeNull();
  });

  it("give the reasons that matter", () => {
    const [first] = car("on_track").plans;
    expect(reasonSentences(first ?? { reasons: [] }, format("en"))).toEqual([
      "These are the cheapest hours before the deadline.",
    ]);
    expect(reasonSentences({ reasons: ["of_the_future"] }, format("en"))).toEqual([]);
    const waits = { reasons: ["prices_awaited"], saving: 12 };
    expect(reasonSentences(waits, format("en"))).toEqual([
      `Waits for tomorrow, expected ${format("en").percent(12)} cheaper.`,
    ]);
    expect(reasonSentences({ ...waits, saving: null }, format("en"))).toEqual([
      "Tomorrow's prices may bring better hours.",
    ]);
  });

  it("save what they save, or say nothing", () => {
    const [first] = car("on_track").plans;
    if (!first) throw new Error("There is a plan");
    expect(savings(first)).toBeCloseTo(22.89);
    expect(savings({ ...first, cost: null })).toBeNull();
    expect(savings({ ...first, cost_now: first.cost })).toBeNull();
  });
});

describe("problems", () => {
  const now = new Date("2026-11-24T17:20:00Z");
  const text = (key: string, kind: "card" | "repair", placeholders = {}) =>
    plain(
      problemText(
        { key, kind, placeholders },
        format("en"),
        now,
        (name) => (name.endsWith("issues.off_peak_failed.title") ? "It does not take them" : name),
        "tesla_scout_worker",
        (reason) => reason,
      ),
    );

  it("are sentences without codes", () => {
    const missed = { target: "90", ready_by: "2026-11-24T16:00:00Z", reason: "not_home" };
    expect(text("session_missed", "card", missed)).toBe(
      "90 % by 17:00 was missed: the car was not at home",
    );
    expect(text("session_failed", "card", { target: "90", reason: "" })).toContain("no reason");
  });

  it("take the words of repairs", () => {
    expect(text("off_peak_failed", "repair")).toBe("It does not take them");
  });

  it("that this version does not know are left out", () => {
    expect(text("of_the_future", "card")).toBeUndefined();
    expect(text("of_the_future", "repair")).toBeUndefined();
  });
});

describe("languages", () => {
  it("have the same placeholders in each text", () => {
    const holes = (value: string) => [...value.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(holes(pl[key]), key).toEqual(holes(en[key]));
    }
  });
});
