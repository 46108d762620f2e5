package dev.stoker;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The borders between the rooms, as {@code docs/architecture.md} draws them. A room is a package
 * right below {@code dev.stoker}. The table also names rooms that are planned and still empty, so
 * that the first class in one finds its border drawn; a room that is not in the table is refused.
 */
class ArchitectureTest {
    private static final String ROOT = "dev.stoker";

    /** What every feature may use beside the rooms that its own line names. */
    private static final String BELOW =
            "base json stats trace model memory http server host gpu machine watch alert rules gguf"
                    + " control history";

    private static final String FEATURES =
            "bench load suite degrade warm explain doctor tune plan fleet";

    /** Room → the other rooms that it may use. */
    private static final Map<String, Set<String>> MAY_USE = new TreeMap<>();

    static {
        room("base", "");
        room("stats", "base");
        room("http", "base");
        room("gpu", "base host");
        room("host", "base");
        room("gguf", "base");
        room("json", "base");
        room("trace", "base json");
        room("model", "base json gguf");
        room("memory", "base model");
        room("server", "base json trace http host");
        room("control", "base json http host");
        room("history", "base json stats trace");

        room("machine", "base json server host gpu");
        room("watch", "base server host gpu machine");
        room("alert", "base json http host");
        room("rules", "alert base json server host gpu machine watch");

        room("load", "base json stats trace http server host history");
        room("suite", "base json stats trace server host");
        room(
                "bench",
                "base json stats trace model memory server host gpu control history load suite");
        room("degrade", BELOW + " load");
        room("tune", BELOW + " load");
        room("warm", BELOW + " load plan");
        room("explain", BELOW + " load");
        room("doctor", BELOW);
        room("plan", BELOW);
        room("fleet", BELOW + " load");

        room("service", "base host");
        room("report", "base json stats trace history bench load suite");
        room("tui", BELOW + " " + FEATURES);
        room("web", BELOW + " " + FEATURES);
        room("metrics", BELOW + " " + FEATURES);
        room("stack", BELOW + " " + FEATURES);
        room("sim", "base json trace model memory http server host gpu control");
        room("cli", BELOW + " " + FEATURES + " report tui web metrics stack sim service");
    }

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(location -> !location.contains("/test-classes/"))
                    .importPackages(ROOT);

    private static void room(String name, String others) {
        Set<String> allowed = new TreeSet<>(Arrays.asList(others.split(" ")));
        allowed.remove("");
        MAY_USE.put(name, allowed);
    }

    static Stream<String> rooms() {
        return MAY_USE.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void room_anyClass_usesOnlyTheRoomsItMayUse(String room) {
        String[] allowed =
                Stream.concat(Stream.of(room), MAY_USE.get(room).stream())
                        .map(name -> ROOT + "." + name + "..")
                        .toArray(String[]::new);
        DescribedPredicate<JavaClass> forbidden =
                resideInAPackage(ROOT + "..")
                        .and(not(resideInAnyPackage(allowed)))
                        .and(not(addressOfAServer(room)));
        noClasses()
                .that()
                .resideInAPackage(ROOT + "." + room + "..")
                .should()
                .dependOnClassesThat(forbidden.as("reside in a room outside " + allowed(room)))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    /**
     * Where a server listens is plain data, which its contract hands out to whoever may use a
     * server.
     */
    private static DescribedPredicate<JavaClass> addressOfAServer(String room) {
        return DescribedPredicate.describe(
                "the address of a server",
                type ->
                        MAY_USE.get(room).contains("server")
                                && type.getName().equals(ROOT + ".http.Endpoint"));
    }

    private static String allowed(String room) {
        return room + " and " + MAY_USE.get(room);
    }

    @Test
    void rooms_ofEveryClass_areInTheTable() {
        Set<String> seen = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            if (!type.getPackageName().equals(ROOT)) {
                seen.add(type.getPackageName().substring(ROOT.length() + 1).split("\\.")[0]);
            }
        }
        assertThat(MAY_USE.keySet()).containsAll(seen);
    }

    @Test
    void rooms_amongThemselves_haveNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    /** What a server does is learnt from its host too; how it is spoken to is not. */
    @Test
    void dialects_always_knowNeitherHostsNorStates() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".server..")
                .and()
                .resideOutsideOfPackage(ROOT + ".server.state..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".host..", ROOT + ".server.state..")
                .check(CLASSES);
    }

    @Test
    void rootPackage_always_isUsedByNobody() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(CLASSES);
    }

    @Test
    void drawings_always_knowNoRun() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".report.draw..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage(ROOT + "..")
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        ROOT + ".report.draw..",
                                                        ROOT + ".stats..",
                                                        ROOT + ".base.."))))
                .check(CLASSES);
        slices().matching(ROOT + ".report.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @ParameterizedTest
    @CsvSource({
        "picocli.., dev.stoker.cli..",
        "com.sun.net.httpserver.., dev.stoker.web..",
        "io.prometheus.., dev.stoker.metrics..",
        "java.sql.., dev.stoker.history.jdbc..",
    })
    void library_withARoomOfItsOwn_isUsedThereAlone(String library, String room) {
        noClasses()
                .that()
                .resideOutsideOfPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    /** The driver of NVIDIA's GPUs, and the event loop's own sockets. */
    @Test
    void nativeCalls_outsideTheirTwoRooms_areOutOfReach() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".gpu.nvml..", ROOT + ".http..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(CLASSES);
    }

    @Test
    void jsonMapper_always_isMadeInTheJsonRoom() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".json..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("tools\\.jackson\\..*(Object|Json)Mapper(\\$.*)?")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void yaml_always_isReadByTheJsonRoomAndTheBoxFilesAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".json..", ROOT + ".sim..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tools.jackson.dataformat.yaml..", "org.snakeyaml..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void base_always_needsTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage(ROOT + ".base..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(ROOT + ".base..", "java..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void base_always_holdsAtMostTenTypes() {
        long types =
                CLASSES.stream()
                        .filter(type -> type.getPackageName().startsWith(ROOT + ".base"))
                        .filter(JavaClass::isTopLevelClass)
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        .count();
        assertThat(types).isBetween(1L, 10L);
    }

    @Test
    void terminalAndExit_outsideCliAndMain_areOutOfReach() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".cli..")
                .should()
                .accessTargetWhere(
                        member(System.class, "out", "err", "exit", "console")
                                .or(member(Runtime.class, "exit", "halt"))
                                .or(member(Throwable.class, "printStackTrace")))
                .check(CLASSES);
    }

    @Test
    void machineTime_outsideClockAndHttp_isOutOfReach() {
        DescribedPredicate<JavaClass> mayReadTime =
                resideInAPackage(ROOT + ".http..")
                        .or(
                                DescribedPredicate.describe(
                                        "are the clock",
                                        type ->
                                                type.getName()
                                                        .matches(
                                                                ROOT + "\\.base\\.Clock(\\$.*)?")));
        noClasses()
                .that(not(mayReadTime))
                .should()
                .accessTargetWhere(
                        member(System.class, "nanoTime", "currentTimeMillis")
                                .or(member(Thread.class, "sleep"))
                                .or(timeOfDay()))
                .check(CLASSES);
    }

    @Test
    void names_always_sayWhatATypeIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl)(\\$.*)?")
                .orShould()
                .resideInAnyPackage("..common..", "..util..", "..utils..", "..impl..", "..helper..")
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaAccess<?>> member(Class<?> owner, String... names) {
        Set<String> wanted = Set.of(names);
        return DescribedPredicate.describe(
                owner.getSimpleName() + "." + String.join("/", names),
                access ->
                        wanted.contains(access.getTarget().getName())
                                && access.getTargetOwner().isAssignableTo(owner));
    }

    private static DescribedPredicate<JavaAccess<?>> timeOfDay() {
        return DescribedPredicate.describe(
                "now() of java.time",
                access ->
                        access.getTarget().getName().equals("now")
                                && access.getTargetOwner().getPackageName().equals("java.time"));
    }
}
