#!/usr/bin/env bash
# Makes the video that the examples look at: a moving test pattern in which a face is to be seen six seconds of ten.
#   usage: make-video.sh FILE.mp4 [SECONDS]            600 seconds, as the thesis' video, unless told otherwise
#
# The face is Eileen Collins', NASA's portrait of her (S93-33170, public domain), which Debian ships as test data of
# scikit-image. Only that file is taken out of the package, which is not installed; REEVE_FACE names another picture.
set -euo pipefail

[ $# -ge 1 ] || { sed -n 3p "$0" >&2; exit 2; }
video=$1 seconds=${2:-600}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

face=${REEVE_FACE:-}
if [ -z "$face" ]; then
  picture=usr/lib/python3/dist-packages/skimage/data/astronaut.png
  face=/$picture
  if [ ! -f "$face" ]; then
    echo "make-video: fetching Debian's python3-skimage for the picture of a face" >&2
    (cd "$work" && apt-get download python3-skimage >/dev/null 2>"$work/apt.log") ||
      { cat "$work/apt.log" >&2; echo "make-video: no picture of a face: set REEVE_FACE to one" >&2; exit 1; }
    face=$work/face.png
    dpkg-deb --fsys-tarfile "$work"/python3-skimage_*.deb | tar -xO "./$picture" >"$face"
  fi
fi

mkdir -p "$(dirname "$video")"
ffmpeg -nostdin -loglevel error -y \
  -f lavfi -i "testsrc2=size=640x480:rate=10:duration=$seconds" -loop 1 -framerate 10 -i "$face" \
  -filter_complex "[1]scale=400:400[face];[0][face]overlay=x='120+60*sin(t)':y=40:shortest=1:enable='lt(mod(t,10),6)'" \
  -c:v libx264 -preset veryfast -g 20 -pix_fmt yuv420p -an "$work/video.mp4"
mv "$work/video.mp4" "$video"
