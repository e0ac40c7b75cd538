/**
 * A night sky with a glow at its foot, a moon and stars.
 */
import { series } from "../chance";
import type { SceneProps } from "./palettes";

export function Sky({ id, palette, chance }: SceneProps) {
  const moonX = 950 + chance() * 450;
  const moonY = 130 + chance() * 110;
  const stars = series(90, () => ({
    x: chance() * 1600,
    y: chance() * 520,
    radius: 0.8 + chance() * 1.8,
    opacity: 0.25 + chance() * 0.7,
  }));
  return (
    <>
      <defs>
        <linearGradient id={`${id}sky`} x2="0" y2="1">
          <stop stopColor={palette.zenith} />
          <stop offset=".55" stopColor={palette.sky} />
          <stop offset=".95" stopColor={palette.glow} />
        </linearGradient>
        <radialGradient id={`${id}moon`}>
          <stop stopColor={palette.light} stopOpacity=".55" />
          <stop offset="1" stopColor={palette.light} stopOpacity="0" />
        </radialGradient>
      </defs>
      <rect width="1600" height="900" fill={`url(#${id}sky)`} />
      <g fill="#fff">
        {stars.map(({ x, y, radius, opacity }, index) => (
          <circle key={index} cx={x} cy={y} r={radius} opacity={opacity} />
        ))}
      </g>
      <circle cx={moonX} cy={moonY} r="190" fill={`url(#${id}moon)`} />
      <circle cx={moonX} cy={moonY} r="52" fill={palette.light} />
      <g fill={palette.glow} opacity=".28">
        <circle cx={moonX - 16} cy={moonY - 12} r="13" />
        <circle cx={moonX + 18} cy={moonY + 8} r="9" />
        <circle cx={moonX - 8} cy={moonY + 22} r="7" />
      </g>
    </>
  );
}
