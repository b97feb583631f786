/** Small plots of roll-ups: the band from least to greatest, and the mean in it. */

import { h, svg } from "./dom.js";
import { clock, cut, number } from "./format.js";

const WIDTH = 240;
const HEIGHT = 48;
const MARGIN = 3;
const STEPS_MS = { "1m": 60_000, "1h": 3_600_000, "1d": 86_400_000 };

/**
 * @param series What `/memory/series` answers: `points` of `time`, `min`, `max`, `mean`.
 * @returns null where there are fewer than two points: that is no course.
 */
export function plot(series, title, isLarge = false) {
    const points = (series.points ?? [])
        .map((point) => ({ ...point, x: Date.parse(point.time) }))
        .filter((point) => [point.x, point.min, point.max, point.mean].every(Number.isFinite));
    if (points.length < 2) return null;
    const least = Math.min(...points.map((point) => point.min));
    const greatest = Math.max(...points.map((point) => point.max));
    const [first, last] = [points[0], points.at(-1)];
    const place = placer(first.x, last.x, least, greatest);
    const text = cut(`${title}: from ${number(least)} to ${number(greatest)}, `
        + `${clock(first.time)} to ${clock(last.time)}`, 200);
    const runs = split(points, STEPS_MS[series.step]);
    const drawing = svg("svg", {
        class: isLarge ? "plot large" : "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
        "aria-label": text, preserveAspectRatio: "none",
    }, runs.map((run) => svg("path", { class: "range", d: range(run, place) })),
    runs.map((run) => svg("path", { class: "mean", d: mean(run, place) })));
    if (!isLarge) return drawing;
    return h("figure", { class: "figure" }, drawing,
        h("figcaption", { class: "hint" },
            h("span", {}, clock(first.time)),
            h("span", {}, `${number(least)} to ${number(greatest)}`),
            h("span", {}, clock(last.time))));
}

function placer(from, to, least, greatest) {
    // By halves: the difference of the greatest numbers that there are is none.
    const [width, height] = [to - from || 1, greatest / 2 - least / 2 || 1];
    return {
        x: (x) => round(MARGIN + ((x - from) / width) * (WIDTH - 2 * MARGIN)),
        y: (y) => round(HEIGHT - MARGIN - ((y / 2 - least / 2) / height) * (HEIGHT - 2 * MARGIN)),
    };
}

const round = (value) => Math.round(value * 10) / 10;

/** What was not heard is no line. */
function split(points, step) {
    const gap = step ? step * 2.5 : Infinity;
    const runs = [[points[0]]];
    for (const point of points.slice(1)) {
        const run = runs.at(-1);
        if (point.x - run.at(-1).x > gap) runs.push([point]);
        else run.push(point);
    }
    return runs;
}

function mean(run, place) {
    const line = run.map((point) => `${place.x(point.x)} ${place.y(point.mean)}`);
    // A point by itself is drawn as a dash.
    return line.length > 1 ? `M${line.join("L")}` : `M${line[0]}h1`;
}

function range(run, place) {
    const over = run.map((point) => `${place.x(point.x)} ${place.y(point.max)}`);
    const under = run.map((point) => `${place.x(point.x)} ${place.y(point.min)}`).reverse();
    return `M${[...over, ...under].join("L")}Z`;
}
