import { definePortal } from "@millstream/config/vite";

export default definePortal();
