package io.millrace.deploy.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.cli.cluster.ClusterMain;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What lies in target/image after the build, hence in the image. */
final class ImageLayoutITCase {

    private static final Path IMAGE = Project.file("deploy/target/image");
    private static final Path JAR = IMAGE.resolve("usrlib/millrace.jar");

    @Test
    void theJobJarLeavesOutWhatTheImageHas() throws IOException {
        assertThat(entries())
                .noneMatch(name -> name.startsWith("org/slf4j/"))
                .noneMatch(name -> name.startsWith("org/apache/logging/"))
                .noneMatch(name -> name.startsWith("ai/djl/"))
                .noneMatch(name -> name.startsWith("com/sun/jna/"))
                .noneMatch(name -> name.startsWith("kafka/server/"))
                .noneMatch(name -> name.startsWith("org/rocksdb/"))
                .noneMatch(name -> name.startsWith("org/apache/flink/runtime/"))
                .noneMatch(name -> name.startsWith("org/apache/flink/streaming/api/"))
                .noneMatch(name -> name.endsWith(".so") && name.contains("torch"));
    }

    @Test
    void theJobJarHasTheRest() throws IOException {
        assertThat(entries())
                .contains(
                        ClusterMain.class.getName().replace('.', '/') + ".class",
                        "io/millrace/jobs/cli/Millrace.class",
                        "io/millrace/jobs/cli/clicks.yaml",
                        "org/apache/flink/connector/kafka/source/KafkaSource.class",
                        "org/apache/kafka/clients/consumer/KafkaConsumer.class");
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS))
                    .isEqualTo(ClusterMain.class.getName());
        }
    }

    @Test
    void libHasDjlAndItsNativesAreUnpacked() throws IOException {
        assertThat(names(IMAGE.resolve("lib")).map(name -> name.replaceAll("-[0-9].*", "")))
                .containsExactlyInAnyOrder("api", "gson", "jna", "pytorch-engine");
        assertThat(names(IMAGE.resolve("native-cpu/pytorch")))
                .contains("libtorch.so", "libtorch_cpu.so", "libc10.so", "libdjl_torch.so");
    }

    /**
     * Every class that Millrace's own refer to is in the job jar, in lib or in Flink's image; the
     * embedded broker and cluster, which no job needs, aside.
     */
    @Test
    void noClassIsMissing() {
        String image =
                Stream.concat(flink().stream(), jars(IMAGE.resolve("lib")))
                        .collect(Collectors.joining(File.pathSeparator));
        StringWriter output = new StringWriter();
        PrintWriter writer = new PrintWriter(output, true);
        ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(
                        writer,
                        writer,
                        "--multi-release",
                        "17",
                        "-q",
                        "--missing-deps",
                        "--class-path",
                        image,
                        JAR.toString());
        assertThat(output.toString()).as("jdeps lists what optional parts lack").contains("->");
        assertThat(
                        output.toString()
                                .lines()
                                .map(String::strip)
                                .filter(line -> line.startsWith("io.millrace."))
                                .filter(line -> !line.startsWith("io.millrace.jobs.embedded."))
                                .filter(line -> !line.contains("org.jspecify.annotations.")))
                .isEmpty();
    }

    /**
     * The jars of this class path that Flink's image has: Flink without connectors, RocksDB, slf4j.
     */
    private static List<String> flink() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(
                        jar ->
                                jar.contains("/org/apache/flink/")
                                        || jar.contains("/frocksdbjni/")
                                        || jar.contains("/slf4j-api/"))
                .filter(jar -> !jar.contains("/flink-connector-kafka/"))
                .filter(jar -> !jar.contains("/flink-connector-base/"))
                .toList();
    }

    private static Set<String> entries() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            return jar.stream().map(entry -> entry.getName()).collect(Collectors.toSet());
        }
    }

    private static Stream<String> names(Path folder) {
        return jars(folder).map(path -> Path.of(path).getFileName().toString());
    }

    private static Stream<String> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::toString).toList().stream();
        } catch (IOException e) {
            throw new AssertionError("mvn -pl deploy -am package makes " + folder, e);
        }
    }
}
