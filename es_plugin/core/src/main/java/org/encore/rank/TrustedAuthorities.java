package org.encore.rank;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Makes a client trust the certificates of one file, and no others: a ranker's own, or its authority's. */
public final class TrustedAuthorities {
    private TrustedAuthorities() {}

    /**
     * TLS that trusts those certificates.
     *
     * @param file certificates in PEM form, one or more
     * @throws IllegalArgumentException the file can't be read or holds no certificate
     */
    public static SSLContext of(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException("file [" + file + "] holds no certificate");
            }
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int number = 0;
            for (Certificate certificate : certificates) {
                trusted.setCertificateEntry("ranker-" + number++, certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new IllegalArgumentException("certificates [" + file + "] can't be read: " + e, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("file [" + file + "] holds no certificates: " + e.getMessage(), e);
        }
    }
}
