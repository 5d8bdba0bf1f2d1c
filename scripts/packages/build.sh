#!/usr/bin/env bash
# Builds the Debian packages reeve-agent and reeve-coordinator into .build-deb/packages, for the machine's own
# architecture and with Swift's runtime linked in. A scratch path of its own, because static linking rebuilds
# everything.
set -euo pipefail
cd "$(dirname "$0")/../.."

output=.build-deb/packages
work=.build-deb/work
stage=$work/reeve
version=$(sed -nE 's/.*static let version = "([^"]+)".*/\1/p' Sources/Shared/CommandShell/CommandShell.swift)
[ -n "$version" ] || { echo "deb: CommandShell.swift says no version" >&2; exit 1; }
# The time of the last commit, so that the same commit packs to the same dates.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

# By product, because what only tests use cannot be linked in.
for product in reeve-agent reeve-coordinator reeve; do
  swift build -c release --static-swift-stdlib --scratch-path .build-deb --product "$product"
done
binaries=$(swift build -c release --static-swift-stdlib --scratch-path .build-deb --show-bin-path)

rm -rf "$work" "$output"
mkdir -p "$stage/built/man" "$stage/built/completions"/{bash,zsh,fish} "$output"
cp -r packaging/debian "$stage/debian"
# dpkg-buildpackage wants everything below one folder and writes into it; the sources stay as they are.
mkdir "$stage/source"
cp -r systemd packaging deploy CHANGELOG.md "$stage/source/"

for package in reeve-agent reeve-coordinator; do
  cp "systemd/$package.service" "$stage/debian/"
  cp "systemd/$package.tmpfiles" "$stage/debian/"
done
cp systemd/reeve-coordinator.sysusers "$stage/debian/"

cat >"$stage/debian/changelog" <<END
reeve ($version) stable; urgency=medium

  * What has changed stands in the changelog of the project.

 -- reeve maintainers <maintainers@reeve.invalid>  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
END

section_of() { [ "$1" = reeve ] && echo 1 || echo 8; }
for program in reeve-agent reeve-coordinator reeve; do
  install -m 0755 "$binaries/$program" "$stage/built/$program"
  said=$("$stage/built/$program" --version)
  [ "$said" = "$version" ] || { echo "deb: $program says it is version $said, the packages are $version" >&2; exit 1; }
  section=$(section_of "$program")
  "$stage/built/$program" --experimental-dump-help |
    python3 packaging/man-page.py "$section" "$version" "$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)" \
      "packaging/man/$program.roff" >"$stage/built/man/$program.$section"
  # bash reads completions into itself; a first line that names an interpreter has no place in them.
  "$stage/built/$program" --generate-completion-script bash | sed '1{/^#!/d}' >"$stage/built/completions/bash/$program"
  "$stage/built/$program" --generate-completion-script zsh >"$stage/built/completions/zsh/_$program"
  "$stage/built/$program" --generate-completion-script fish >"$stage/built/completions/fish/$program.fish"
done

(cd "$stage" && dpkg-buildpackage -b -us -uc) >"$work/dpkg-buildpackage.log" 2>&1 ||
  { tail -n 40 "$work/dpkg-buildpackage.log" >&2; exit 1; }
mv "$work"/*.deb "$output/"
for package in "$output"/*.deb; do echo "$package: $(du -h "$package" | cut -f 1)"; done
