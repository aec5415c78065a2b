package io.millrace.jobs;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which way imports point: flink-jobs to model to schemas, and between the jobs' packages. */
class ArchitectureTest {

    private static final String ROOT = "io.millrace.jobs";
    private static final String[] OPERATORS = {
        ROOT + ".label..",
        ROOT + ".feature..",
        ROOT + ".train..",
        ROOT + ".score..",
        ROOT + ".version..",
        ROOT + ".wire.."
    };

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.millrace");

    @Test
    void schemasKnowNothingElse() {
        noClasses()
                .that()
                .resideInAPackage("io.millrace.schemas..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.millrace..")
                                .and(resideOutsideOfPackage("io.millrace.schemas..")))
                .check(CLASSES);
    }

    @Test
    void theModelKnowsNeitherFlinkNorKafkaNorTheJobs() {
        noClasses()
                .that()
                .resideInAPackage("io.millrace.model..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", ROOT + "..")
                .check(CLASSES);
    }

    /** DJL frees the number's tensor before autograd reads it; {@code Scaling} does not. */
    @Test
    void networksDoNotMultiplyTensorsByPlainNumbers() {
        for (String product : List.of("mul", "muli", "div", "divi", "pow", "powi")) {
            noClasses()
                    .that()
                    .resideInAPackage("io.millrace.model.architecture..")
                    .should()
                    .callMethod(NDArray.class, product, Number.class)
                    .check(CLASSES);
        }
    }

    @Test
    void labelsTrainingAndScoringDoNotKnowEachOther() {
        mustNotUse(ROOT + ".label..", ROOT + ".train..", ROOT + ".score..");
        mustNotUse(ROOT + ".train..", ROOT + ".label..", ROOT + ".score..");
        mustNotUse(ROOT + ".score..", ROOT + ".label..", ROOT + ".train..");
    }

    @Test
    void operatorsDoNotKnowKafka() {
        noClasses()
                .that()
                .resideInAnyPackage(OPERATORS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "org.apache.flink.connector.kafka..")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineKnowsTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".cli..")
                .check(CLASSES);
    }

    @Test
    void jobsRunWithoutTheEmbeddedModeAndItsData() {
        noClasses()
                .that()
                .resideInAnyPackage(OPERATORS)
                .or()
                .resideInAnyPackage(
                        ROOT,
                        ROOT + ".config..",
                        ROOT + ".history..",
                        ROOT + ".source..",
                        ROOT + ".sink..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + ".embedded..",
                        ROOT + ".simulate..",
                        ROOT + ".movielens..",
                        ROOT + ".criteo..",
                        ROOT + ".avazu..")
                .check(CLASSES);
    }

    private static void mustNotUse(String user, String... used) {
        noClasses()
                .that()
                .resideInAPackage(user)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(used)
                .check(CLASSES);
    }
}
