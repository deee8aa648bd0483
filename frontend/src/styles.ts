import { css } from "lit";

/** What both cards share: text, buttons and tones, in the colours of the theme alone. */
export const shared = css`
  :host {
    --tsc-good: var(--success-color, #43a047);
    --tsc-warning: var(--warning-color, #ffa600);
    --tsc-bad: var(--error-color, #db4437);
    --tsc-text: var(--primary-text-color, #212121);
    --tsc-soft: var(--secondary-text-color, #727272);
    --tsc-line: var(--divider-color, rgba(0, 0, 0, 0.12));
    --tsc-accent: var(--primary-color, #03a9f4);
    --tsc-back: var(--ha-card-background, var(--card-background-color, #fff));
    display: block;
    color: var(--tsc-text);
    font-size: var(--ha-font-size-m, 14px);
    line-height: 1.4;
  }
  ha-card {
    display: block;
    height: 100%;
    container-type: inline-size;
    overflow: hidden;
  }
  .soft {
    color: var(--tsc-soft);
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
    touch-action: manipulation;
  }
  button.act {
    min-height: 44px;
    min-width: 44px;
    padding: 0 16px;
    border-radius: 22px;
    border: 1px solid var(--tsc-line);
    font-weight: 500;
    white-space: normal;
  }
  button.act.main {
    border-color: var(--tsc-text);
    background: var(--tsc-text);
    color: var(--tsc-back);
  }
  button.act:hover {
    border-color: var(--tsc-text);
  }
  input[type="range"] {
    --share: calc((var(--at, 50) - 50) / 50 * 100%);
    appearance: none;
    flex: 1;
    min-width: 100px;
    height: 44px;
    margin: 0;
    background: none;
    cursor: pointer;
  }
  input[type="range"]::-webkit-slider-runnable-track {
    height: 6px;
    border-radius: 3px;
    background:
      linear-gradient(var(--tsc-accent), var(--tsc-accent)) 0 / var(--share) 100% no-repeat,
      color-mix(in srgb, var(--tsc-soft) 30%, transparent);
  }
  input[type="range"]::-moz-range-track {
    height: 6px;
    border-radius: 3px;
    background: color-mix(in srgb, var(--tsc-soft) 30%, transparent);
  }
  input[type="range"]::-moz-range-progress {
    height: 6px;
    border-radius: 3px;
    background: var(--tsc-accent);
  }
  input[type="range"]::-webkit-slider-thumb {
    appearance: none;
    width: 22px;
    height: 22px;
    margin-top: -8px;
    border: 2px solid var(--tsc-back);
    border-radius: 50%;
    background: var(--tsc-accent);
  }
  input[type="range"]::-moz-range-thumb {
    width: 18px;
    height: 18px;
    border: 2px solid var(--tsc-back);
    border-radius: 50%;
    background: var(--tsc-accent);
  }
  input[type="time"],
  input[type="date"],
  input[type="datetime-local"] {
    font: inherit;
    color: inherit;
    color-scheme: inherit;
    min-height: 44px;
    padding: 0 10px;
    border-radius: 8px;
    border: 1px solid var(--tsc-line);
    background: transparent;
    box-sizing: border-box;
    max-width: 100%;
  }
  output {
    min-width: 52px;
    text-align: right;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  button:focus-visible,
  input:focus-visible,
  [tabindex]:focus-visible {
    outline: 2px solid var(--tsc-accent);
    outline-offset: 2px;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
