# Debian's kernel and the first files of its guest. Sourced by run.sh.
# build/kernels/VERSION/ holds vmlinux, initrd and modules/ (a tree with lib/modules/RELEASE).

kernels=$top/build/kernels
# What the guest needs before it sees the machine's files: the bus, the shared folders, the overlay, output.
first_modules=(virtio_pci 9p 9pnet_virtio overlay virtio_console)

# The newest package of that kernel for common machines: linux-image-6.1.0-56-amd64.
kernel_package() {
    apt-cache pkgnames "linux-image-$1." | grep -E '^linux-image-[0-9.]+[0-9a-z.+~]*(-[0-9]+)?-amd64$' |
        sort -V | tail -n 1
}

# Fetches a Debian package and unpacks it into a folder, without installing it.
unpack_package() {
    local package=$1 folder=$2
    mkdir "$folder.package"
    (cd "$folder.package" && apt-get download -q -q -o APT::Sandbox::User= "$package") || return
    dpkg-deb -x "$folder.package"/*.deb "$folder" && rm -r "$folder.package"
}

# Folder of the initrd's files, in $1, from the unpacked kernel in $1/../kernel.
fill_initrd() {
    local folder=$1 release=$2 tree=$3 module
    mkdir -p "$folder"/{bin,modules,dev,proc,sys,host,writable,new,shared-folder}
    cp "$tree/busybox/bin/busybox" "$folder/bin/"
    cp "$here/init.sh" "$folder/init"
    chmod 755 "$folder/init"
    for module in "${first_modules[@]}"; do
        /sbin/modprobe --set-version "$release" --dirname "$tree/kernel" --show-depends "$module" || return
    done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' |
        while read -r file; do
            cp "$file" "$folder/modules/"
            basename "$file" >>"$folder/modules/order"
        done
}

# The kernel's image as it would unpack itself, which takes half of an emulated start. Debian packs 6.1's with xz;
# bytes follow the packed part, so xz complains at its end. One that is packed otherwise unpacks itself.
unpack_image() {
    local packed=$1 image=$2 start
    start=$(LC_ALL=C grep -aboP -m 1 '\xfd7zXZ\x00' "$packed" | head -n 1 | cut -d: -f1 || true)
    tail -c "+$((start + 1))" "$packed" | xz -dc >"$image" 2>/dev/null || true
    [ "$(head -c 4 "$image")" = $'\x7fELF' ] || cp "$packed" "$image"
}

# Everything in a fresh folder, given its name at the end: half a kernel is never found there.
build_kernel() {
    local version=$1 tree=$2 package release
    package=$(kernel_package "$version")
    if [ -z "$package" ]; then
        echo "tests/kernel: apt knows no kernel $version" >&2
        return 1
    fi
    unpack_package "$package" "$tree/kernel" && unpack_package busybox-static "$tree/busybox" || return
    release=$(ls "$tree/kernel/lib/modules") &&
        /sbin/depmod --basedir "$tree/kernel" "$release" &&
        fill_initrd "$tree/initrd.files" "$release" "$tree" || return
    mkdir "$tree/done"
    (cd "$tree/initrd.files" && find . | "$tree/busybox/bin/busybox" cpio -o -H newc) \
        >"$tree/done/initrd" 2>/dev/null &&
        unpack_image "$tree/kernel/boot/vmlinuz-$release" "$tree/done/vmlinux" &&
        mkdir -p "$tree/done/modules/lib/modules" &&
        mv "$tree/kernel/lib/modules/$release" "$tree/done/modules/lib/modules/"
}

# prepare_kernel VERSION: makes build/kernels/VERSION when it is not there, or was made by other scripts.
prepare_kernel() {
    local version=$1 tree stamp
    stamp=$(cat "$here/prepare.sh" "$here/init.sh" | sha256sum)
    [ "$(cat "$kernels/$version/stamp" 2>/dev/null)" = "$stamp" ] && return 0
    mkdir -p "$kernels"
    tree=$(mktemp -d "$kernels/making.XXXXXX")
    if ! build_kernel "$version" "$tree" >"$tree/log" 2>&1; then
        # The lists of packages may be older than the archive.
        rm -rf "$tree"/*/
        apt-get update -q -q >>"$tree/log" 2>&1 && build_kernel "$version" "$tree" >>"$tree/log" 2>&1 || {
            cat "$tree/log" >&2
            rm -rf "$tree"
            return 1
        }
    fi
    printf '%s\n' "$stamp" >"$tree/done/stamp"
    # Of two that made it at once, the second has its own put aside.
    [ ! -e "$kernels/$version" ] || mv "$kernels/$version" "$tree/old"
    mv -T "$tree/done" "$kernels/$version" || [ -f "$kernels/$version/stamp" ] || return
    rm -rf "$tree"
}
