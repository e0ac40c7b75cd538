import { defineLibrary } from "@millstream/config/vite";

export default defineLibrary();
