/**
 * The look that all portals share. A portal chooses one colour and a name; everything else is the same, so that five
 * applications are told apart at a glance and learnt once.
 */
import "@fontsource-variable/bricolage-grotesque";
import "@fontsource-variable/inter";
import { createTheme, type MantineColorsTuple, type MantineThemeOverride } from "@mantine/core";

const TEXT = "'Inter Variable', system-ui, sans-serif";
const HEADINGS = "'Bricolage Grotesque Variable', 'Inter Variable', system-ui, sans-serif";

export function portalTheme(color: MantineColorsTuple): MantineThemeOverride {
  return createTheme({
    colors: { brand: color },
    primaryColor: "brand",
    primaryShade: { light: 7, dark: 5 },
    autoContrast: true,
    luminanceThreshold: 0.35,
    fontFamily: TEXT,
    headings: { fontFamily: HEADINGS, fontWeight: "700" },
    defaultRadius: "md",
    cursorType: "pointer",
    focusRing: "auto",
    respectReducedMotion: true,
  });
}
