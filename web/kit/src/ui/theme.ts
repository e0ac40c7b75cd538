/**
 * The look that all portals share. A portal chooses one colour and a name; everything else is the same, so that five
 * applications are told apart at a glance and learnt once.
 */
import "@fontsource-variable/bricolage-grotesque";
import "@fontsource-variable/inter";
import {
  createTheme,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type MantineThemeOverride,
  Modal,
} from "@mantine/core";

const TEXT = "'Inter Variable', system-ui, sans-serif";
const HEADINGS = "'Bricolage Grotesque Variable', 'Inter Variable', system-ui, sans-serif";

/** Mantine's neutral greys, turned a little towards blue so that dialogs and fields belong to the dark ground. */
const DARK: MantineColorsTuple = [
  "#e9e8ef",
  "#c6c4d1",
  "#a9a7b8",
  "#8583a0",
  "#3d3d50",
  "#2e2e3d",
  "#232331",
  "#1a1a25",
  "#14141d",
  "#111119",
];

const QUIET = { "--mantine-color-error": "var(--kit-bad)", "--mantine-color-dimmed": "var(--kit-ink-soft)" };

/** Mantine's colours of text that would not stand out enough from our grounds. */
export const portalVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...QUIET, "--mantine-color-anchor": "var(--mantine-color-brand-7)" },
  dark: { ...QUIET, "--mantine-color-anchor": "var(--mantine-color-brand-3)" },
});

export function portalTheme(color: MantineColorsTuple): MantineThemeOverride {
  return createTheme({
    colors: { brand: color, dark: DARK },
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
    components: {
      Modal: Modal.extend({
        defaultProps: {
          radius: "lg",
          padding: "lg",
          overlayProps: { backgroundOpacity: 0.5, blur: 3 },
          closeButtonProps: { "aria-label": "Close" },
        },
        styles: { title: { fontFamily: HEADINGS, fontSize: 20, fontWeight: 700 } },
      }),
    },
  });
}
