export { default } from "@millstream/config/eslint";
