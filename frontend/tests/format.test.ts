import { describe, expect, it } from "vitest";
import { Format } from "../src/format";

const zone = (time_zone: string) =>
  new Format({
    language: "en",
    locale: { language: "en", time_format: "24", time_zone: "server" },
    config: { time_zone },
  });

describe("times", () => {
  it.each([
    ["Europe/Warsaw", "2026-03-29T07:00", "2026-03-29T05:00:00.000Z"],
    ["Europe/Warsaw", "2026-03-28T07:00", "2026-03-28T06:00:00.000Z"],
    ["Europe/Warsaw", "2026-10-25T07:00", "2026-10-25T06:00:00.000Z"],
    ["Asia/Kolkata", "2026-11-25T07:00", "2026-11-25T01:30:00.000Z"],
    ["America/New_York", "2026-11-01T07:00", "2026-11-01T12:00:00.000Z"],
  ])("in %s at %s are instants, also when clocks change", (name, local, instant) => {
    const format = zone(name);
    expect(format.instant(local).toISOString()).toBe(instant);
    expect(format.local(new Date(instant))).toBe(local);
  });

  it("have a day only where it is needed", () => {
    const format = zone("Europe/Warsaw");
    const now = new Date("2026-11-24T17:00:00Z");
    expect(format.when(new Date("2026-11-24T20:00:00Z"), now)).toBe("21:00");
    expect(format.when(new Date("2026-11-25T06:00:00Z"), now)).toBe("Wed 07:00");
    expect(format.when(new Date("2026-12-05T06:00:00Z"), now)).toBe("Dec 5 07:00");
    expect(format.soon(new Date("2026-11-25T06:00:00Z"), now)).toBe("07:00");
  });

  it("follow the language unless the person chose", () => {
    const at = new Date("2026-11-25T06:05:00Z");
    const of = (language: string) =>
      new Format({
        language,
        locale: { language, time_format: "language", time_zone: "server" },
        config: { time_zone: "Europe/Warsaw" },
      })
        .time(at)
        .replaceAll("\u202f", " ");
    expect([of("en"), of("en-GB"), of("pl")]).toEqual(["7:05 AM", "07:05", "07:05"]);
  });

  it("midnight is 00:00", () => {
    const format = zone("Europe/Warsaw");
    expect(format.time(new Date("2026-11-24T23:00:00Z"))).toBe("00:00");
    expect(format.hourOfDay(new Date("2026-11-24T23:00:00Z"))).toBe(0);
  });

  it("durations are in the largest units that fit", () => {
    const format = zone("UTC");
    const minutes = (count: number) => format.duration(count * 60_000).replaceAll("\u00a0", " ");
    expect([0, 40, 60, 136, 3000].map(minutes)).toEqual([
      "0 min",
      "40 min",
      "1 h",
      "2 h 16 min",
      "2 d",
    ]);
  });
});
