/** The strip as numbers: where each thing lies. Pure. */

import type { CarView, LevelPoint, PriceBar } from "./types";

export const HOUR = 3_600_000;
/** What the strip shows before and after now. */
export const PAST = 4 * HOUR;
export const FUTURE = 36 * HOUR;

export interface Frame {
  width: number;
  /** Top of the bars and of 100 %. */
  top: number;
  /** Bottom of the bars and of 0 %. */
  bottom: number;
  start: number;
  end: number;
}

export interface Bar {
  x: number;
  width: number;
  y: number;
  height: number;
  known: boolean;
  planned: boolean;
  peak: boolean;
  price: PriceBar;
}

export function frame(width: number, top: number, bottom: number, now: number): Frame {
  const start = Math.floor((now - PAST) / HOUR) * HOUR;
  return { width, top, bottom, start, end: start + PAST + FUTURE };
}

export function x(frame: Frame, at: number): number {
  const share = (at - frame.start) / (frame.end - frame.start);
  return Math.min(frame.width, Math.max(0, share * frame.width));
}

export function at(frame: Frame, position: number): number {
  return frame.start + (position / frame.width) * (frame.end - frame.start);
}

export function levelY(frame: Frame, level: number): number {
  const share = Math.min(100, Math.max(0, level)) / 100;
  return frame.bottom - share * (frame.bottom - frame.top);
}

/**
 * The price bars, at least two pixels high. Prices are drawn from zero; below zero they hang.
 * A tariff of zones has no prices: its dear hours are high, its cheap ones low.
 */
export function bars(frame: Frame, view: CarView): Bar[] {
  const shown = view.prices.filter((bar) => span(frame, bar) !== null);
  const values = shown.map(height).filter((value): value is number => value !== null);
  const highest = Math.max(0.01, ...values);
  const lowest = Math.min(0, ...values);
  const room = frame.bottom - frame.top;
  const scale = room / (highest - lowest);
  const zero = frame.bottom + lowest * scale;
  return shown.flatMap((price) => {
    const place = span(frame, price);
    if (place === null) return [];
    const value = height(price) ?? (highest - lowest) * 0.6;
    const size = Math.max(2, Math.abs(value) * scale);
    return cut(price, view).map(({ start, end, planned }) => ({
      x: x(frame, start),
      width: Math.max(0, x(frame, end) - x(frame, start)),
      y: value < 0 ? zero : zero - size,
      height: size,
      known: price.known,
      planned,
      peak: price.peak,
      price,
    }));
  });
}

/** The bar that holds an instant. */
export function barAt(view: CarView, instant: number): PriceBar | undefined {
  return view.prices.find(
    (bar) => Date.parse(bar.start) <= instant && instant < Date.parse(bar.end),
  );
}

/** A line through states of charge; stepped where nothing is known between two reads. */
export function line(frame: Frame, points: LevelPoint[]): string {
  return points
    .filter((point) => Date.parse(point.at) <= frame.end + HOUR * 24)
    .map((point, index) => {
      const place = `${x(frame, Date.parse(point.at)).toFixed(1)},${levelY(frame, point.level).toFixed(1)}`;
      return `${index ? "L" : "M"}${place}`;
    })
    .join("");
}

/** The level of the forecast at an instant. */
export function levelAt(points: LevelPoint[], instant: number): number | null {
  for (let index = 1; index < points.length; index += 1) {
    const before = points[index - 1] as LevelPoint;
    const after = points[index] as LevelPoint;
    const start = Date.parse(before.at);
    const end = Date.parse(after.at);
    if (start <= instant && instant <= end && end > start) {
      return before.level + ((after.level - before.level) * (instant - start)) / (end - start);
    }
  }
  return null;
}

/** The hours that get a label, so that labels keep apart by at least `apart` pixels. */
export function ticks(frame: Frame, apart: number, hourOf: (at: Date) => number): number[] {
  const perHour = (frame.width * HOUR) / (frame.end - frame.start);
  const step = [3, 6, 12].find((hours) => hours * perHour >= apart) ?? 24;
  const found: number[] = [];
  for (let hour = frame.start; hour < frame.end; hour += HOUR) {
    if (hourOf(new Date(hour)) % step === 0) found.push(hour);
  }
  return found;
}

function height(bar: PriceBar): number | null {
  if (!bar.known) return bar.estimate;
  return bar.price ?? (bar.peak ? 1 : 0.4);
}

function span(frame: Frame, bar: { start: string; end: string }): [number, number] | null {
  const start = Math.max(frame.start, Date.parse(bar.start));
  const end = Math.min(frame.end, Date.parse(bar.end));
  return start < end ? [start, end] : null;
}

/** A bar in parts: within the planned windows, and outside of them. */
function cut(bar: PriceBar, view: CarView): { start: number; end: number; planned: boolean }[] {
  const first = Date.parse(bar.start);
  const last = Date.parse(bar.end);
  const windows = view.plans
    .flatMap((plan) => plan.windows)
    .map((window) => [Date.parse(window.start), Date.parse(window.end)] as const);
  const edges = [first, last, ...windows.flat()]
    .filter((edge) => first <= edge && edge <= last)
    .sort((one, other) => one - other);
  const parts: { start: number; end: number; planned: boolean }[] = [];
  for (let index = 1; index < edges.length; index += 1) {
    const start = edges[index - 1] as number;
    const end = edges[index] as number;
    if (start === end) continue;
    const planned = windows.some(([from, until]) => from <= start && end <= until);
    parts.push({ start, end, planned });
  }
  return parts;
}
