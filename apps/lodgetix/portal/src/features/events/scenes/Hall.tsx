/**
 * A great hall at night: a dome between two wings, arched windows with light behind, steps, and the light on the ground.
 */
import { series } from "../chance";
import type { SceneProps } from "./palettes";

const GROUND = 780;

export function Hall({ id, palette, chance }: SceneProps) {
  const roofs = series(17, (index) => ({ x: index * 100 - 40, height: 70 + chance() * 130 }));
  return (
    <>
      <defs>
        <linearGradient id={`${id}window`} x2="0" y2="1">
          <stop stopColor="#fff3d0" />
          <stop offset="1" stopColor={palette.light} />
        </linearGradient>
        <radialGradient id={`${id}shine`} cx=".5" cy=".5" r=".5">
          <stop stopColor={palette.light} stopOpacity=".5" />
          <stop offset="1" stopColor={palette.light} stopOpacity="0" />
        </radialGradient>
      </defs>
      <g fill={palette.far} opacity=".75">
        {roofs.map(({ x, height }, index) => (
          <path key={index} d={`M${x} 900V${GROUND - height}l50 -40 50 40V900z`} />
        ))}
      </g>
      <ellipse cx="800" cy="560" rx="720" ry="330" fill={`url(#${id}shine)`} />
      <g fill={palette.near}>
        <path d={`M300 ${GROUND}V500h330v${GROUND - 500}z M970 ${GROUND}V500h330v${GROUND - 500}z`} />
        <path d="M285 500h360v-22H285z M955 500h360v-22H955z" />
        <path d={`M600 ${GROUND}V430h400v${GROUND - 430}z M580 430L800 320l220 110z`} />
        <path d="M690 352a110 110 0 0 1 220 0z M794 250h12v-62h-12z" />
        <circle cx="800" cy="182" r="11" />
      </g>
      <path d="M640 418L800 340l160 78z" fill="none" stroke={palette.light} strokeWidth="3" opacity=".6" />
      <g fill={`url(#${id}window)`}>
        {[335, 415, 495, 575, 985, 1065, 1145, 1225].map((x) => (
          <ArchedWindow key={x} x={x} top={560} width={40} height={120} dim={0.45 + chance() * 0.55} />
        ))}
        {[640, 712, 848, 920].map((x) => (
          <ArchedWindow key={x} x={x} top={500} width={40} height={150} dim={1} />
        ))}
        <ArchedWindow x={768} top={520} width={64} height={260} dim={1} />
      </g>
      <g fill={palette.zenith}>
        {series(4, (index) => (
          <rect
            key={index}
            x={560 - index * 45}
            y={GROUND + index * 16}
            width={480 + index * 90}
            height="17"
            opacity=".9"
          />
        ))}
      </g>
      <path d={`M0 ${GROUND + 64}h1600V900H0z`} fill={palette.near} />
      <ellipse cx="800" cy={GROUND + 74} rx="420" ry="34" fill={`url(#${id}shine)`} />
    </>
  );
}

interface WindowProps {
  readonly x: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly dim: number;
}

function ArchedWindow({ x, top, width, height, dim }: WindowProps) {
  const radius = width / 2;
  return <path d={`M${x} ${top + height}V${top}a${radius} ${radius} 0 0 1 ${width} 0v${height}z`} opacity={dim} />;
}
