/** A subscription that lives while a card is on the page, and tries again while it must. */

import { DOMAIN, type Hass } from "./hass";

/** Home Assistant may still be starting, or the integration may not be loaded yet. */
const AGAIN = 5_000;

export class Subscription<View> {
  private stop: (() => Promise<void>) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wanted: string | undefined;
  private turn = 0;

  constructor(
    private readonly command: string,
    private readonly show: (view: View | undefined, error?: unknown) => void,
  ) {}

  /** Listen to a device; to the same one only once. */
  start(hass: Hass, device: string): void {
    if (this.wanted === device) return;
    this.end();
    this.wanted = device;
    void this.listen(hass, device, this.turn);
  }

  end(): void {
    this.turn += 1;
    this.wanted = undefined;
    clearTimeout(this.timer);
    const stop = this.stop;
    this.stop = undefined;
    // The connection may be gone already.
    stop?.().catch(() => undefined);
  }

  private async listen(hass: Hass, device: string, turn: number): Promise<void> {
    try {
      const stop = await hass.connection.subscribeMessage<View>(
        (view) => {
          if (turn === this.turn) this.show(view);
        },
        { type: `${DOMAIN}/${this.command}`, device_id: device },
      );
      if (turn === this.turn) this.stop = stop;
      else stop().catch(() => undefined);
    } catch (error) {
      if (turn !== this.turn) return;
      this.show(undefined, error);
      this.timer = setTimeout(() => void this.listen(hass, device, turn), AGAIN);
    }
  }
}
