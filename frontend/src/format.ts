/** Times, money and numbers as the person set them in Home Assistant. */

import type { Hass } from "./hass";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export class Format {
  readonly language: string;
  private readonly zone: string | undefined;
  private readonly hour12: boolean;

  constructor(hass: Pick<Hass, "language" | "locale" | "config">) {
    this.language = hass.locale?.language ?? hass.language;
    this.zone = hass.locale?.time_zone === "server" ? hass.config.time_zone : undefined;
    const format = hass.locale?.time_format;
    this.hour12 =
      format === "12" || format === "24"
        ? format === "12"
        : new Intl.DateTimeFormat(this.language, { hour: "numeric" }).resolvedOptions().hour12 ===
          true;
  }

  /** The time of day: 07:00. */
  time(at: Date): string {
    return this.date(at, {
      hour: this.hour12 ? "numeric" : "2-digit",
      minute: "2-digit",
      // With `hour12: false` midnight would be 24:00.
      ...(this.hour12 ? { hour12: true } : { hourCycle: "h23" as const }),
    });
  }

  /** The hour alone, for an axis. */
  hour(at: Date): string {
    return this.hour12
      ? this.date(at, { hour: "numeric", hour12: true })
      : this.date(at, { hour: "2-digit", hourCycle: "h23" });
  }

  /** The number of the hour in the day, in the zone of the person. */
  hourOfDay(at: Date): number {
    return Number(
      new Intl.DateTimeFormat("en", {
        hour: "numeric",
        hourCycle: "h23",
        ...this.zoned(),
      }).format(at),
    );
  }

  weekday(at: Date): string {
    return this.date(at, { weekday: "short" });
  }

  /** A deadline: the weekday unless it is today, the date beyond a week. */
  when(at: Date, now: Date): string {
    if (this.day(at) === this.day(now)) return this.time(at);
    const far = Math.abs(at.getTime() - now.getTime()) > 6 * DAY;
    const day = far ? this.date(at, { day: "numeric", month: "short" }) : this.weekday(at);
    return `${day} ${this.time(at)}`;
  }

  /** A day: the weekday, beyond a week the date. */
  dayName(at: Date, now: Date): string {
    const far = at.getTime() - now.getTime() > 6 * DAY;
    return far ? this.date(at, { day: "numeric", month: "short" }) : this.weekday(at);
  }

  /** A time in the hours ahead: the day is clear without a name. */
  soon(at: Date, now: Date): string {
    const ahead = at.getTime() - now.getTime();
    return ahead > 0 && ahead < 18 * HOUR ? this.time(at) : this.when(at, now);
  }

  /** How long ago: 12 min, 3 h 5 min, 2 d. It is never broken into two lines. */
  duration(milliseconds: number): string {
    const minutes = Math.max(0, Math.round(milliseconds / 60_000));
    const hours = Math.floor(minutes / 60);
    const h = this.language.startsWith("pl") ? "godz." : "h";
    if (hours >= 48) return `${Math.floor(hours / 24)}\u00a0d`;
    if (hours === 0) return `${minutes}\u00a0min`;
    const whole = `${hours}\u00a0${h}`;
    return minutes % 60 ? `${whole}\u00a0${minutes % 60}\u00a0min` : whole;
  }

  money(amount: number, currency: string): string {
    return new Intl.NumberFormat(this.language, {
      style: "currency",
      currency,
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    }).format(amount);
  }

  /** An amount that may be less than a cent. */
  smallMoney(amount: number, currency: string): string {
    return new Intl.NumberFormat(this.language, {
      style: "currency",
      currency,
      minimumFractionDigits: 2,
      maximumFractionDigits: 4,
    }).format(amount);
  }

  /** A price of a kWh. */
  price(amount: number, currency: string): string {
    return `${this.number(amount, 2)}\u00a0${currency}/kWh`;
  }

  number(value: number, digits = 0): string {
    return new Intl.NumberFormat(this.language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value);
  }

  percent(value: number): string {
    return `${this.number(Math.round(value))}\u00a0%`;
  }

  energy(kwh: number): string {
    return `${this.number(kwh, kwh < 10 ? 1 : 0)}\u00a0kWh`;
  }

  /** The value of an `<input type="datetime-local">`, in the zone of the person. */
  local(at: Date): string {
    const parts = new Intl.DateTimeFormat("en-CA", {
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      ...this.zoned(),
    }).formatToParts(at);
    const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
    return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}`;
  }

  /** The instant of such a value; the offset of the zone is found by trying. */
  instant(local: string): Date {
    const asUtc = new Date(`${local}:00Z`);
    let at = asUtc;
    for (let turn = 0; turn < 2; turn += 1) {
      const shown = new Date(`${this.local(at)}:00Z`);
      at = new Date(at.getTime() + asUtc.getTime() - shown.getTime());
    }
    return at;
  }

  private day(at: Date): string {
    return this.date(at, { year: "numeric", month: "numeric", day: "numeric" });
  }

  private date(at: Date, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.language, { ...options, ...this.zoned() }).format(at);
  }

  private zoned(): Intl.DateTimeFormatOptions {
    return this.zone === undefined ? {} : { timeZone: this.zone };
  }
}
