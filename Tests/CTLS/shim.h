#pragma once
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>

// A TLS server's context. In C, as most of what makes one are macros, which Swift does not see.

/// A certificate for 127.0.0.1 that is its own authority, good for an hour; NULL on failure.
static inline X509 *ctls_certificate(EVP_PKEY *key) {
    X509 *certificate = X509_new();
    X509_NAME *name = certificate ? X509_get_subject_name(certificate) : NULL;
    X509_EXTENSION *address = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
    int made = name && address && X509_set_version(certificate, 2) // that is version 3
        && ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1)
        && X509_gmtime_adj(X509_getm_notBefore(certificate), -3600)
        && X509_gmtime_adj(X509_getm_notAfter(certificate), 3600)
        && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0)
        && X509_set_issuer_name(certificate, name)
        && X509_add_ext(certificate, address, -1)
        && X509_set_pubkey(certificate, key)
        && X509_sign(certificate, key, EVP_sha256());
    X509_EXTENSION_free(address);
    if (made) return certificate;
    X509_free(certificate);
    return NULL;
}

/// A context for one version of TLS (`TLS1_2_VERSION`, …) with a new key; NULL on failure.
/// The certificate is written to `file`, as PEM.
static inline SSL_CTX *ctls_server(int version, FILE *file) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = key ? ctls_certificate(key) : NULL;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    int made = certificate && context
        && SSL_CTX_set_min_proto_version(context, version)
        && SSL_CTX_set_max_proto_version(context, version)
        && SSL_CTX_use_certificate(context, certificate) == 1
        && SSL_CTX_use_PrivateKey(context, key) == 1
        && PEM_write_X509(file, certificate);
    X509_free(certificate);
    EVP_PKEY_free(key);
    if (made) return context;
    SSL_CTX_free(context);
    return NULL;
}
