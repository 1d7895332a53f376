// What the page of forms needs of the engine.
export { loadForm } from "@getodk/xforms-engine";
