/* How the static program looks names up: files and DNS, whatever nsswitch.conf says.
 *
 * glibc has both built in. Any other module (systemd's, mDNS, LDAP) would be loaded from the system, and only the glibc that
 * it was made for can load it: elsewhere that fails or, at worst, ends the process. So none is asked. binary.sh links this; a build
 * that uses the system's libc is left as it is.
 */

/* Of glibc's <nss.h>. */
extern int __nss_configure_lookup(const char *database, const char *services);

__attribute__((constructor)) static void look_up_in_files_and_dns(void) {
    __nss_configure_lookup("hosts", "files dns");
    __nss_configure_lookup("passwd", "files");
    __nss_configure_lookup("group", "files");
}
