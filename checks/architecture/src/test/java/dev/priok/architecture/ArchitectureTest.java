package dev.priok.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules that keep the structure what ARCHITECTURE.md says. */
class ArchitectureTest {
    /** Fewer classes than this means that the import went wrong and the rules judge nothing. */
    private static final int FEWEST_CLASSES = 300;

    private static JavaClasses classes;
    private static Boundaries boundaries;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("module-info"))
                .importPackages("dev.priok");
        boundaries = new Boundaries(classes);
    }

    @Test
    void everything_isRead() {
        assertTrue(classes.size() >= FEWEST_CLASSES, "only " + classes.size() + " classes");
        assertTrue(boundaries.names().containsAll(Set.of("core", "linux", "engine", "server", "cli", "daemon")));
    }

    @Test
    void modules_useOnlyWhatTheyDeclareAndOthersExpose() {
        assertEquals(List.of(), boundaries.violations(classes));
    }

    @Test
    void modules_haveNoCycle() {
        assertEquals(Optional.empty(), boundaries.cycle());
    }

    @Test
    void onlyKernel_isNative() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.priok.linux..", "dev.priok.init..", "dev.priok.cgroup..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(classes);
    }

    @Test
    void onlyDoorsForPeople_useStandardStreamsAndExit() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.priok.cli..", "dev.priok.daemon..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(classes);
    }

    @Test
    void product_executesNoPrograms() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.priok.cli..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .orShould()
                .callMethodWhere(com.tngtech.archunit.base.DescribedPredicate.describe(
                        "Runtime.exec",
                        call -> call.getTargetOwner().isEquivalentTo(Runtime.class)
                                && call.getName().equals("exec")))
                .check(classes);
    }

    @Test
    void time_isInjected() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.priok.cli..", "dev.priok.daemon..")
                .should()
                .callMethod(Instant.class, "now")
                .check(classes);
    }

    @Test
    void names_sayWhatAThingIs() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .check(classes);
    }

    @Test
    void permitted_resultsAreRecordsOrEnums() {
        Set<String> others = new TreeSet<>();
        for (var type : classes) {
            Class<?> reflected = type.reflect();
            if (reflected.isInterface() && reflected.isSealed()) {
                for (Class<?> permitted : reflected.getPermittedSubclasses()) {
                    if (!permitted.isRecord() && !permitted.isEnum() && !permitted.isInterface()) {
                        others.add(permitted.getName());
                    }
                }
            }
        }
        assertEquals(Set.of(), others);
    }

    @Test
    void doors_doNotKnowMechanisms() {
        classes()
                .that()
                .resideInAPackage("dev.priok.server..")
                .should()
                .onlyDependOnClassesThat()
                .resideOutsideOfPackages("dev.priok.linux..", "dev.priok.runtime..", "dev.priok.snapshot..")
                .check(classes);
    }
}
