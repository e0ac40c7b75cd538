/**
 * Three ranges of mountains, pines on the shore, and a lake that doubles them.
 */
import { series } from "../chance";
import type { Chance } from "../chance";
import type { SceneProps } from "./palettes";

const SHORE = 680;

export function Lake({ id, palette, chance }: SceneProps) {
  const ranges = [
    { color: palette.far, opacity: 0.55, path: range(chance, 360, 150) },
    { color: palette.far, opacity: 0.9, path: range(chance, 470, 120) },
    { color: palette.near, opacity: 0.8, path: range(chance, 570, 80) },
  ];
  const pines = series(46, () => ({ x: chance() * 1600, height: 60 + chance() * 110 })).filter(
    ({ x }) => x < 560 || x > 1040,
  );
  const mountains = ranges.map(({ color, opacity, path }) => (
    <path key={path} d={path} fill={color} opacity={opacity} />
  ));
  return (
    <>
      <defs>
        <linearGradient id={`${id}water`} x2="0" y2="1">
          <stop stopColor={palette.glow} stopOpacity=".55" />
          <stop offset="1" stopColor={palette.zenith} stopOpacity=".9" />
        </linearGradient>
      </defs>
      {mountains}
      <g fill={palette.near}>
        {pines.map(({ x, height }) => (
          <path key={x} d={pine(x, SHORE + 6, height)} />
        ))}
      </g>
      <rect y={SHORE} width="1600" height={900 - SHORE} fill={palette.sky} />
      <g transform={`translate(0 ${2 * SHORE}) scale(1 -1)`} opacity=".45">
        {mountains}
      </g>
      <rect y={SHORE} width="1600" height={900 - SHORE} fill={`url(#${id}water)`} />
      <g stroke={palette.light} strokeLinecap="round" strokeWidth="3" opacity=".4">
        {series(16, (index) => {
          const x = 260 + chance() * 1000;
          return <path key={index} d={`M${x} ${SHORE + 22 + index * 12}h${40 + chance() * 160}`} />;
        })}
      </g>
      <path d={`M0 900v-60q240 -66 520 -22t430 34 650 -46v94z`} fill={palette.near} />
    </>
  );
}

/** Peaks of about `height`, closed at the shore. */
function range(chance: Chance, height: number, rough: number): string {
  const peaks = series(10, (index) => {
    const y = height + (index % 2 === 0 ? rough : -rough) * (0.4 + chance() * 0.6);
    return `L${index * 178} ${y.toFixed(0)}`;
  });
  return `M0 ${SHORE}${peaks.join("")}L1602 ${SHORE}z`;
}

function pine(x: number, foot: number, height: number): string {
  const half = height * 0.19;
  const tier = (top: number, width: number): string =>
    `M${x} ${foot - height * top}l${half * width} ${height * 0.42}h${-2 * half * width}z`;
  return tier(1, 0.6) + tier(0.75, 0.85) + tier(0.5, 1.1);
}
