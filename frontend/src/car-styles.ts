import { css } from "lit";
import { shared } from "./styles";

export const carStyles = [
  shared,
  css`
    .card {
      display: grid;
      gap: 14px;
      padding: 16px;
    }
    .state {
      display: grid;
      gap: 12px;
      align-content: start;
    }
    .head {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      column-gap: 16px;
      align-items: center;
    }
    .percent {
      font-size: 40px;
      font-weight: 600;
      line-height: 1.1;
      white-space: nowrap;
      font-variant-numeric: tabular-nums;
    }
    h2 {
      margin: 0;
      font-size: 18px;
      font-weight: 500;
      line-height: 1.3;
    }
    .battery {
      position: relative;
      grid-column: 1 / -1;
      height: 8px;
      margin-top: 8px;
      border-radius: 4px;
      background: color-mix(in srgb, var(--tsc-soft) 22%, transparent);
    }
    .fill {
      height: 100%;
      border-radius: 4px;
      background: var(--tsc-good);
    }
    .goal {
      position: absolute;
      top: -3px;
      width: 3px;
      height: 14px;
      margin-left: -2px;
      border-radius: 2px;
      background: var(--tsc-text);
    }
    .verdict {
      margin: 0;
      padding: 10px 12px;
      border-left: 5px solid var(--tsc-soft);
      border-radius: 4px 8px 8px 4px;
      background: color-mix(in srgb, var(--tsc-soft) 12%, transparent);
      font-size: 17px;
    }
    .verdict strong {
      font-weight: 600;
    }
    .verdict .soft {
      display: block;
      font-size: 14px;
      color: var(--tsc-text);
      opacity: 0.85;
    }
    .verdict.good {
      border-color: var(--tsc-good);
      background: color-mix(in srgb, var(--tsc-good) 14%, transparent);
    }
    .verdict.warning {
      border-color: var(--tsc-warning);
      background: color-mix(in srgb, var(--tsc-warning) 16%, transparent);
    }
    .verdict.bad {
      border-color: var(--tsc-bad);
      background: color-mix(in srgb, var(--tsc-bad) 14%, transparent);
    }
    .problems {
      display: grid;
      gap: 8px;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    .problems li {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      justify-content: space-between;
      gap: 8px 12px;
      padding: 8px 8px 8px 12px;
      border-radius: 8px;
      border: 1px solid var(--tsc-warning);
    }
    .problems span {
      flex: 1 1 180px;
    }
    .facts {
      display: flex;
      flex-wrap: wrap;
      gap: 8px 24px;
      margin: 0;
    }
    dt {
      font-size: 12px;
      color: var(--tsc-soft);
    }
    dd {
      margin: 0;
      font-size: 17px;
      font-weight: 500;
    }
    p.small {
      margin: -8px 0 0;
      font-size: 12px;
    }
    .session button {
      flex: none;
    }
    dd .unknown {
      font-weight: 400;
    }
    .session {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: 6px 12px;
    }
    .more {
      margin: 0;
    }
    .settings,
    .buttons {
      display: flex;
      flex-wrap: wrap;
      gap: 8px 20px;
      align-items: center;
    }
    .buttons {
      gap: 8px;
    }
    .settings label {
      display: flex;
      align-items: center;
      gap: 10px;
    }
    .settings .slide {
      flex: 1 1 240px;
      max-width: 480px;
    }
    .talk:empty {
      display: none;
    }
    .box {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
      padding: 8px 8px 8px 12px;
      border-radius: 8px;
      background: color-mix(in srgb, var(--tsc-accent) 12%, transparent);
    }
    .box span {
      flex: 1 1 160px;
    }
    @container (min-width: 760px) {
      .card:not(.compact) {
        grid-template-columns: minmax(300px, 2fr) 3fr;
        column-gap: 28px;
      }
      .settings,
      .buttons,
      .talk,
      tesla-scout-special,
      .card > .problems {
        grid-column: 1 / -1;
      }
    }
    .compact {
      gap: 20px;
      padding: 20px;
    }
    .compact .state {
      gap: 18px;
    }
    .compact .percent {
      font-size: clamp(48px, 12cqw, 80px);
    }
    .compact h2 {
      font-size: 24px;
    }
    .compact .verdict,
    .compact dd {
      font-size: 24px;
    }
    .compact .session,
    .compact .problems span {
      font-size: 18px;
    }
    .compact .soft,
    .compact dt {
      font-size: 16px;
    }
  `,
];
