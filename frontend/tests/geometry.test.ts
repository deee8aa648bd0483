import { describe, expect, it } from "vitest";
import { HOUR, at, barAt, bars, frame, levelAt, levelY, ticks, x } from "../src/geometry";
import { car } from "./fixtures";

const view = car("on_track");
const now = Date.parse(view.at);
const place = frame(400, 20, 120, now);

describe("the strip", () => {
  it("begins at a whole hour, and lasts for 40", () => {
    expect(place.start % HOUR).toBe(0);
    expect(place.end - place.start).toBe(40 * HOUR);
    expect(x(place, place.start)).toBe(0);
    expect(x(place, place.end)).toBe(400);
    expect(at(place, x(place, now))).toBeCloseTo(now, -2);
  });

  it("draws each price within its frame", () => {
    const drawn = bars(place, view);
    for (const bar of drawn) {
      expect(bar.y).toBeGreaterThanOrEqual(19.9);
      expect(bar.y + bar.height).toBeLessThanOrEqual(120.1);
      expect(bar.x + bar.width).toBeLessThanOrEqual(400.1);
    }
    const highest = drawn.reduce((one, other) => (other.height > one.height ? other : one));
    expect(highest.price.price).toBe(1.3);
  });

  it("marks what is planned, and what is unknown", () => {
    const drawn = bars(place, view);
    const planned = drawn.filter((bar) => bar.planned).reduce((sum, bar) => sum + bar.width, 0);
    expect((planned / 10) * 60).toBeCloseTo(164, 0);
    expect(drawn.filter((bar) => !bar.known).length).toBeGreaterThan(0);
  });

  it("lets negative prices hang from zero", () => {
    const one = { ...view.prices[0], known: true, estimate: null, peak: false };
    const start = (hour: number) => new Date(place.start + hour * HOUR).toISOString();
    const prices = [
      { ...one, start: start(0), end: start(1), price: 1 },
      { ...one, start: start(1), end: start(2), price: -1 },
    ];
    const [above, below] = bars(place, { ...view, plans: [], prices });
    expect((above?.y ?? 0) + (above?.height ?? 0)).toBeCloseTo(below?.y ?? -1);
  });

  it("draws a tariff without prices by its zones", () => {
    const tariff = car("tariff");
    const drawn = bars(frame(400, 20, 120, Date.parse(tariff.at)), tariff);
    const tall = drawn.filter((bar) => bar.peak).map((bar) => bar.height);
    const low = drawn.filter((bar) => !bar.peak).map((bar) => bar.height);
    expect(Math.min(...tall)).toBeGreaterThan(Math.max(...low));
  });

  it("finds the price and the level of an hour", () => {
    const two = Date.parse("2026-11-25T01:30:00Z");
    expect(barAt(view, two)?.price).toBe(0.41);
    expect(levelAt(view.forecast, two)).toBeCloseTo(47.3, 0);
    expect(levelAt([], two)).toBeNull();
    expect(levelY(place, 120)).toBe(20);
  });

  it("keeps the labels of the hours apart", () => {
    const hourOf = (date: Date) => (date.getUTCHours() + 1) % 24;
    for (const width of [250, 400, 700, 1300]) {
      const wide = frame(width, 20, 120, now);
      const marks = ticks(wide, 34, hourOf).map((hour) => x(wide, hour));
      for (let index = 1; index < marks.length; index += 1) {
        expect((marks[index] ?? 0) - (marks[index - 1] ?? 0)).toBeGreaterThanOrEqual(34);
      }
    }
  });
});
