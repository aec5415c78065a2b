package io.millrace.jobs.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A broker that lets in who shows a certificate that it trusts, by TLS, and knows the password, by
 * SASL. The certificates are made for it, and lie beside its log.
 */
public final class SecureKafka implements AutoCloseable {

    public static final String USER = "millrace";

    private static final String LISTENER = "SECURE";
    private static final String SERVER_STORE_PASSWORD = "password-of-the-broker";

    private final KafkaNode node;
    private final Path clientKeys;
    private final Path clientTrust;

    private SecureKafka(KafkaNode node, Path clientKeys, Path clientTrust) {
        this.node = node;
        this.clientKeys = clientKeys;
        this.clientTrust = clientTrust;
    }

    /**
     * Starts it.
     *
     * @param password of the one user
     * @param keysPassword of the client's key store, 6 characters or more
     * @param trustPassword of the client's trust store, 6 characters or more
     */
    public static SecureKafka start(
            Path directory, String password, String keysPassword, String trustPassword)
            throws Exception {
        Path brokerKeys = directory.resolve("broker-keys.p12");
        Path brokerTrust = directory.resolve("broker-trust.p12");
        Path clientKeys = directory.resolve("client-keys.p12");
        Path clientTrust = directory.resolve("client-trust.p12");
        makeKeys(brokerKeys, SERVER_STORE_PASSWORD);
        makeKeys(clientKeys, keysPassword);
        trust(brokerKeys, SERVER_STORE_PASSWORD, clientTrust, trustPassword);
        trust(clientKeys, keysPassword, brokerTrust, SERVER_STORE_PASSWORD);
        String prefix = "listener.name.secure.";
        KafkaNode node =
                new KafkaNode(
                        directory.resolve("secure-kafka"),
                        Map.ofEntries(
                                Map.entry("listeners", listeners("127.0.0.1:0")),
                                Map.entry(
                                        "listener.security.protocol.map",
                                        "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,"
                                                + LISTENER
                                                + ":SASL_SSL"),
                                Map.entry(prefix + "sasl.enabled.mechanisms", "PLAIN"),
                                Map.entry(
                                        prefix + "plain.sasl.jaas.config",
                                        "org.apache.kafka.common.security.plain.PlainLoginModule"
                                                + " required user_%s=\"%s\";"
                                                        .formatted(USER, password)),
                                Map.entry(prefix + "ssl.client.auth", "required"),
                                Map.entry(prefix + "ssl.keystore.location", brokerKeys.toString()),
                                Map.entry(prefix + "ssl.keystore.password", SERVER_STORE_PASSWORD),
                                Map.entry(prefix + "ssl.key.password", SERVER_STORE_PASSWORD),
                                Map.entry(
                                        prefix + "ssl.truststore.location", brokerTrust.toString()),
                                Map.entry(
                                        prefix + "ssl.truststore.password",
                                        SERVER_STORE_PASSWORD)));
        node.startup();
        return new SecureKafka(node, clientKeys, clientTrust);
    }

    /** Where clients connect. */
    public String bootstrapServers() {
        return node.address(LISTENER);
    }

    /** The client's key and certificate. */
    public Path clientKeys() {
        return clientKeys;
    }

    /** The broker's certificate. */
    public Path clientTrust() {
        return clientTrust;
    }

    @Override
    public void close() {
        node.shutdown();
    }

    private static String listeners(String at) {
        return "BROKER://%s,CONTROLLER://%s,%s://%s".formatted(at, at, LISTENER, at);
    }

    private static void makeKeys(Path store, String password)
            throws IOException, InterruptedException {
        keytool(
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-keystore",
                store.toString(),
                "-storepass",
                password);
    }

    /** Puts the certificate of {@code keys} into a store of trusted ones. */
    private static void trust(Path keys, String keysPassword, Path trust, String trustPassword)
            throws IOException, InterruptedException {
        Path certificate = Files.createTempFile(trust.getParent(), "certificate", ".pem");
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "own",
                "-file",
                certificate.toString(),
                "-keystore",
                keys.toString(),
                "-storepass",
                keysPassword);
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                "other",
                "-file",
                certificate.toString(),
                "-keystore",
                trust.toString(),
                "-storepass",
                trustPassword);
    }

    /** The JDK's tool for certificates. */
    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException("keytool " + arguments[0] + " failed: " + output);
        }
    }
}
