/**
 * Organ pipes with light on their metal, and five lines of music that flow before them.
 */
import { series } from "../chance";
import type { SceneProps } from "./palettes";

export function Music({ id, palette, chance }: SceneProps) {
  const pipes = series(33, (index) => {
    const fromMiddle = Math.abs(index - 16);
    return { x: 20 + index * 48, top: 190 + fromMiddle * 21 + (fromMiddle % 4) * 26 };
  });
  const phase = chance() * 2;
  const notes = series(11, (index) => ({ x: 110 + index * 140, line: Math.floor(chance() * 5), up: chance() > 0.5 }));
  return (
    <>
      <defs>
        <linearGradient id={`${id}pipe`}>
          <stop stopColor={palette.near} />
          <stop offset=".35" stopColor={palette.light} stopOpacity=".75" />
          <stop offset=".6" stopColor={palette.far} />
          <stop offset="1" stopColor={palette.near} />
        </linearGradient>
        <linearGradient id={`${id}floor`} x2="0" y2="1">
          <stop stopColor={palette.near} stopOpacity="0" />
          <stop offset="1" stopColor={palette.near} />
        </linearGradient>
      </defs>
      <g fill={`url(#${id}pipe)`} stroke={palette.near} strokeWidth="2">
        {pipes.map(({ x, top }) => (
          <path key={x} d={`M${x} 900V${top + 20}a20 20 0 0 1 40 0V900z`} />
        ))}
      </g>
      <g fill={palette.near} opacity=".85">
        {pipes.map(({ x }) => (
          <path key={x} d={`M${x + 8} 742h24l-12 -44z`} />
        ))}
      </g>
      <rect y="420" width="1600" height="480" fill={`url(#${id}floor)`} />
      <g fill="none" stroke={palette.light} strokeWidth="3" strokeLinecap="round">
        {series(5, (line) => (
          <path key={line} d={wave(line, phase)} opacity={0.5 + line * 0.1} />
        ))}
      </g>
      <g fill={palette.light} stroke={palette.light}>
        {notes.map(({ x, line, up }) => {
          const y = waveHeight(x, line, phase);
          return (
            <g key={x}>
              <ellipse cx={x} cy={y} rx="17" ry="12.5" transform={`rotate(-20 ${x} ${y})`} />
              <path d={up ? `M${x + 15} ${y - 3}v-84` : `M${x - 15} ${y + 3}v84`} strokeWidth="4.5" fill="none" />
            </g>
          );
        })}
      </g>
    </>
  );
}

function waveHeight(x: number, line: number, phase: number): number {
  return 560 + line * 32 + Math.sin(x / 260 + phase) * 62 + Math.sin(x / 610 + phase) * 34;
}

function wave(line: number, phase: number): string {
  return series(
    82,
    (step) => `${step === 0 ? "M" : "L"}${step * 20} ${waveHeight(step * 20, line, phase).toFixed(1)}`,
  ).join("");
}
