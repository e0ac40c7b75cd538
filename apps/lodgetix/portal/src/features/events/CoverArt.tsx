/**
 * The picture of an event: the organiser's own, or one that is drawn here from the event's name.
 *
 * A drawn picture is a night sky and one of three scenes, chosen by what the event is called: a hall with lit windows,
 * organ pipes with their music, mountains over a lake. It is decoration, so screen readers do not hear of it.
 */
import { useId } from "react";
import type { EventRow } from "../../rows";
import { chanceOf } from "./chance";
import styles from "./CoverArt.module.css";
import { Hall } from "./scenes/Hall";
import { Lake } from "./scenes/Lake";
import { Music } from "./scenes/Music";
import { PALETTES } from "./scenes/palettes";
import { Sky } from "./scenes/Sky";

type Subject = Pick<EventRow, "slug" | "title" | "image_url">;

const SCENES = [
  { words: /concert|music|choir|organ|band|jazz|opera|sing/i, Scene: Music, palette: PALETTES.wine },
  { words: /conference|retreat|lake|summit|camp|golf|picnic|walk/i, Scene: Lake, palette: PALETTES.pine },
] as const;
/** What an organiser's own picture fades into, whatever its colours are. */
const NIGHT = "#0f0f1c";
const HALL = { Scene: Hall, palette: PALETTES.royal };

export function CoverArt({ event }: { readonly event: Subject }) {
  if (event.image_url) return <img className={styles.art} src={event.image_url} alt="" loading="lazy" />;
  return <DrawnCover slug={event.slug} title={event.title} />;
}

/** The colour that the cover fades into where it ends. */
export function coverGround({ title, image_url }: Pick<Subject, "title" | "image_url">): string {
  return image_url ? NIGHT : sceneOf(title).palette.zenith;
}

function sceneOf(title: string) {
  return SCENES.find(({ words }) => words.test(title)) ?? HALL;
}

function DrawnCover({ slug, title }: Pick<Subject, "slug" | "title">) {
  const id = useId();
  const { Scene, palette } = sceneOf(title);
  const chance = chanceOf(slug);
  return (
    <svg className={styles.art} viewBox="0 0 1600 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <Sky id={id} palette={palette} chance={chance} />
      <Scene id={id} palette={palette} chance={chance} />
    </svg>
  );
}
