package dev.stoker.suite.picture;

import dev.stoker.json.Json;
import dev.stoker.json.Yaml;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Makes the suite of pictures: what they show comes from a seed, so the right answers are known and
 * no model has seen them before. It is made as the YAML that a person would write. Used by one
 * thread.
 */
public final class VisionSuite {
    private static final List<String> GOODS =
            List.of("APPLES", "BREAD", "CHEESE", "HONEY", "RICE", "TEA", "SALT");
    private static final List<String> MONTHS = List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN");
    private static final List<Colour> COLOURS =
            List.of(Colour.RED, Colour.BLUE, Colour.GREEN, Colour.YELLOW);
    private static final List<String> SHAPES = List.of("circle", "square", "triangle");
    private static final String ONE_WORD = " Answer with one word only.";
    private static final String ANSWER = " End with 'Answer: ' and the number.";

    private final Random random;
    private final ObjectNode suite = Json.object();
    private final ArrayNode tests;

    private VisionSuite(long seed) {
        random = new Random(seed);
        suite.put("suite", "vision");
        suite.put(
                "description",
                "Charts, a plot of four panels and a scene, drawn from seed " + seed + ".");
        tests = suite.putArray("tests");
    }

    /** Returns the suite as YAML; the same for the same seed. */
    public static String yaml(long seed) {
        VisionSuite made = new VisionSuite(seed);
        made.bars();
        made.lines();
        made.pie();
        made.panels();
        made.scene();
        return Yaml.write(made.suite);
    }

    private List<Integer> shuffled(int... values) {
        List<Integer> list = new ArrayList<>();
        for (int v : values) {
            list.add(v);
        }
        Collections.shuffle(list, random);
        return list;
    }

    private List<String> some(List<String> from, int n) {
        List<String> list = new ArrayList<>(from);
        Collections.shuffle(list, random);
        return list.subList(0, n);
    }

    private ArrayNode test(String name, String prompt, JsonNode picture) {
        ObjectNode test = tests.addObject();
        test.put("name", name).put("prompt", prompt);
        test.putArray("pictures").add(picture);
        test.put("max_tokens", 256);
        return test.putArray("checks");
    }

    private void bars() {
        List<String> names = some(GOODS, 5);
        List<Integer> values = shuffled(10, 30, 50, 70, 90);
        ObjectNode chart = Json.object().put("draw", "bar-chart").put("title", "SALES IN TONS");
        ObjectNode bars = chart.putObject("bars");
        for (int i = 0; i < names.size(); i++) {
            bars.put(names.get(i), values.get(i));
        }
        chart.put("max", 100).put("step", 10);
        int top = values.indexOf(90);
        one(
                test("bar-highest", "Which good has the highest bar?" + ONE_WORD, chart),
                names.get(top),
                names);
        int asked = values.indexOf(50);
        test("bar-value", "How many tons of " + names.get(asked) + " were sold?" + ANSWER, chart)
                .addObject()
                .put("number", 50);
        int a = values.indexOf(70);
        int b = values.indexOf(30);
        test(
                        "bar-difference",
                        "How many tons more of "
                                + names.get(a)
                                + " than of "
                                + names.get(b)
                                + " were sold?"
                                + ANSWER,
                        chart)
                .addObject()
                .put("number", 40);
    }

    /** One of the names, and none of the others. */
    private static void one(ArrayNode checks, String right, List<String> names) {
        checks.addObject().put("contains", right);
        ArrayNode others = checks.addObject().putArray("excludes");
        names.stream().filter(n -> !n.equals(right)).forEach(others::add);
    }

    private void lines() {
        List<Integer> north = shuffled(4, 8, 10, 12, 14, 18);
        List<Integer> south = shuffled(2, 6, 7, 9, 11, 13);
        ObjectNode chart = Json.object().put("draw", "line-chart").put("title", "RAIN IN CM");
        MONTHS.forEach(chart.putArray("at")::add);
        ObjectNode lines = chart.putObject("lines");
        north.forEach(lines.putArray("NORTH")::add);
        south.forEach(lines.putArray("SOUTH")::add);
        chart.put("max", 20).put("step", 2);
        one(
                test(
                        "line-peak",
                        "In which month does the line NORTH reach its highest point? Answer with"
                                + " the three letters below it.",
                        chart),
                MONTHS.get(north.indexOf(18)),
                MONTHS);
        int month = 0;
        for (int i = 1; i < MONTHS.size(); i++) {
            if (Math.abs(north.get(i) - south.get(i))
                    > Math.abs(north.get(month) - south.get(month))) {
                month = i;
            }
        }
        one(
                test(
                        "line-compare",
                        "Which line is higher in "
                                + MONTHS.get(month)
                                + ", NORTH or SOUTH?"
                                + ONE_WORD,
                        chart),
                north.get(month) > south.get(month) ? "NORTH" : "SOUTH",
                List.of("NORTH", "SOUTH"));
    }

    private void pie() {
        List<String> names = some(GOODS, 4);
        List<Integer> shares = shuffled(45, 28, 17, 10);
        ObjectNode chart =
                Json.object().put("draw", "pie-chart").put("title", "SHARE OF THE STORE");
        ObjectNode slices = chart.putObject("slices");
        for (int i = 0; i < names.size(); i++) {
            slices.put(names.get(i), shares.get(i));
        }
        one(
                test("pie-largest", "Which good has the largest slice?" + ONE_WORD, chart),
                names.get(shares.indexOf(45)),
                names);
        one(
                test("pie-smallest", "Which good has the smallest slice?" + ONE_WORD, chart),
                names.get(shares.indexOf(10)),
                names);
    }

    private void panels() {
        List<List<Integer>> shapes =
                new ArrayList<>(
                        List.of(
                                List.of(1, 3, 5, 7, 9),
                                List.of(9, 7, 5, 3, 1),
                                List.of(5, 5, 5, 5, 5),
                                List.of(2, 5, 9, 5, 2)));
        Collections.shuffle(shapes, random);
        ObjectNode plot = Json.object().put("draw", "panels");
        ArrayNode panels = plot.putArray("panels");
        for (List<Integer> shape : shapes) {
            ObjectNode panel = panels.addObject().put("draw", "line-chart").put("title", "LOAD");
            List.of("1", "2", "3", "4", "5").forEach(panel.putArray("at")::add);
            shape.forEach(panel.putObject("lines").putArray("LOAD")::add);
            panel.put("max", 10).put("step", 2);
        }
        String letter = " Answer with the letter of the panel only.";
        test("panel-falling", "In which panel do the values only fall?" + letter, plot)
                .addObject()
                .put("choice", letter(shapes, List.of(9, 7, 5, 3, 1)));
        test("panel-constant", "In which panel do the values stay the same?" + letter, plot)
                .addObject()
                .put("choice", letter(shapes, List.of(5, 5, 5, 5, 5)));
    }

    private static String letter(List<List<Integer>> shapes, List<Integer> wanted) {
        return String.valueOf((char) ('A' + shapes.indexOf(wanted)));
    }

    private void scene() {
        ObjectNode scene = Json.object().put("draw", "scene");
        ArrayNode shapes = scene.putArray("shapes");
        List<Integer> places = shuffled(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        int[][] counts = new int[SHAPES.size()][COLOURS.size()];
        int leftmost = 0;
        int n = 7 + random.nextInt(3);
        List<int[]> made = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            int shape = random.nextInt(SHAPES.size());
            int colour = random.nextInt(COLOURS.size());
            counts[shape][colour]++;
            made.add(new int[] {shape, colour, places.get(i)});
            shapes.addObject()
                    .put("shape", SHAPES.get(shape))
                    .put("colour", COLOURS.get(colour).word())
                    .put("x", 0.14 + (places.get(i) % 4) * 0.24)
                    .put("y", 0.18 + (places.get(i) / 4) * 0.32)
                    .put("size", 0.2);
            leftmost = Math.max(leftmost, places.get(i));
        }
        int[] first = made.getFirst();
        int kind = first[0];
        int all = counts[kind][0] + counts[kind][1] + counts[kind][2] + counts[kind][3];
        test("scene-count", "How many " + SHAPES.get(kind) + "s are there?" + ANSWER, scene)
                .addObject()
                .put("number", all);
        test(
                        "scene-colour-count",
                        "How many "
                                + COLOURS.get(first[1]).word()
                                + " "
                                + SHAPES.get(kind)
                                + "s are there?"
                                + ANSWER,
                        scene)
                .addObject()
                .put("number", counts[kind][first[1]]);
        position(scene, made);
        json(scene, counts);
    }

    /** The last shape in reading order stands alone in its question. */
    private void position(ObjectNode scene, List<int[]> made) {
        int[] last = made.getFirst();
        for (int[] m : made) {
            last = m[2] > last[2] ? m : last;
        }
        one(
                test(
                        "scene-position",
                        "Read the picture like a page, row by row from left to right. What colour"
                                + " is the very last shape, the rightmost one of the lowest row?"
                                + ONE_WORD,
                        scene),
                COLOURS.get(last[1]).word(),
                COLOURS.stream().map(Colour::word).toList());
    }

    private void json(ObjectNode scene, int[][] counts) {
        ObjectNode json =
                test(
                                "scene-json",
                                "Count the shapes. Answer with a JSON object with the keys circle,"
                                    + " square and triangle and their numbers, and nothing else.",
                                scene)
                        .addObject()
                        .putObject("json");
        ObjectNode schema = json.putObject("schema").put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ObjectNode values = json.putObject("values");
        for (int i = 0; i < SHAPES.size(); i++) {
            properties.putObject(SHAPES.get(i)).put("type", "integer");
            int all = 0;
            for (int c : counts[i]) {
                all += c;
            }
            values.put("/" + SHAPES.get(i), all);
        }
        SHAPES.forEach(schema.putArray("required")::add);
    }
}
