/**
 * A small curve of the newest values, without axes; what it shows is also said in words.
 */
import styles from "./Curve.module.css";

interface Props {
  readonly values: readonly number[];
  /** What a reader hears instead, with the newest and the highest value. */
  readonly label: string;
  readonly height?: number;
  /** The least value that fills the height, so that what is next to nothing looks like it. */
  readonly scale?: number;
}

/** Less log than this is no lag that anybody would notice. */
export const NOTICEABLE_BYTES = 64 * 1024;

const WIDTH = 300;
const ROOM = 3;

export function Curve({ values, label, height = 44, scale = 1 }: Props) {
  const top = Math.max(...values, scale);
  const step = WIDTH / Math.max(values.length - 1, 1);
  const points = values.map((value, index) => {
    const y = height - ROOM - (Math.max(0, value) / top) * (height - 2 * ROOM);
    return `${(index * step).toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg
      className={styles.curve}
      viewBox={`0 0 ${WIDTH} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      style={{ height }}
    >
      {values.length > 1 && (
        <>
          <polygon className={styles.ground} points={`0,${height} ${points.join(" ")} ${WIDTH},${height}`} />
          <polyline className={styles.line} points={points.join(" ")} vectorEffect="non-scaling-stroke" />
        </>
      )}
    </svg>
  );
}
