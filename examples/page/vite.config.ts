import { defineConfig } from "vite";

/** What makes a page cross-origin isolated, and so gives it shared memory. Whatever serves the build has to send these too. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  build: {
    target: "es2022",
    // Other cores find a parallel function by its name.
    rolldownOptions: { output: { keepNames: true } },
  },
  server: { headers },
  preview: { headers },
});
