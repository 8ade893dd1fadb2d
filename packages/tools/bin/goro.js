#!/usr/bin/env node
import { goro } from "../dist/cli/goro.js";

await goro(process.argv.slice(2));
