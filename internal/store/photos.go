package store

import (
	"context"
	"fmt"
	"math"
	"slices"

	"newsdesk/internal/press"
)

const photoColumns = "digest, name, format, width, height, bytes, has_gps, profile, taken_at, added_at, device, photographer, removed, focus_x, focus_y"

func scanPhoto(r row) (p press.Photo, err error) {
	err = r.Scan(text(&p.Digest), &p.Name, &p.Format, &p.Width, &p.Height, &p.Bytes, &p.HasGPS, &p.Profile,
		stamp(&p.TakenAt), stamp(&p.AddedAt), &p.Device, &p.Artist, fromJSON(&p.Removed), fraction(&p.Focus.X), fraction(&p.Focus.Y))
	return p, err
}

// SavePhoto notes a photo whose bytes are kept elsewhere. A photo that is known already stays as it was first noted, but for
// what nothing was noted about then.
func (s *Store) SavePhoto(ctx context.Context, p press.Photo) error {
	removed, err := toJSON(p.Removed)
	if err != nil {
		return err
	}
	var x, y any // together or not at all
	if p.Focus != (press.Point{}) {
		x, y = tenThousandths(p.Focus.X), tenThousandths(p.Focus.Y)
	}
	return s.write(ctx, "save photo", func(t *tx) error {
		return t.must(insert("photos", photoColumns)+` ON CONFLICT (digest) DO UPDATE SET
			has_gps = photos.has_gps OR excluded.has_gps,
			taken_at = COALESCE(photos.taken_at, excluded.taken_at),
			device = COALESCE(NULLIF(photos.device, ''), excluded.device),
			photographer = COALESCE(NULLIF(photos.photographer, ''), excluded.photographer),
			removed = COALESCE(NULLIF(photos.removed, ''), excluded.removed),
			focus_x = COALESCE(photos.focus_x, excluded.focus_x),
			focus_y = COALESCE(photos.focus_y, excluded.focus_y)`,
			p.Digest, p.Name, p.Format, p.Width, p.Height, p.Bytes, p.HasGPS, p.Profile,
			micros(p.TakenAt), micros(t.orNow(p.AddedAt)), p.Device, p.Artist, removed, x, y)
	})
}

func tenThousandths(v float64) int64 { return int64(math.Round(v * 1e4)) }

// fraction reads a fraction that is stored in ten-thousandths; 0 for NULL.
func fraction(dst *float64) *storedFraction { return &storedFraction{dst} }

type storedFraction struct{ dst *float64 }

func (s *storedFraction) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*s.dst = 0
	case int64:
		*s.dst = float64(v) / 1e4
	default:
		return fmt.Errorf("store: a fraction stored as %T", v)
	}
	return nil
}

// Photo returns a photo; NotFound if no such photo was handed in.
func (s *Store) Photo(ctx context.Context, digest press.Digest) (p press.Photo, err error) {
	err = s.read(ctx, "photo", func(t *tx) error {
		p, err = scanPhoto(t.one("SELECT "+photoColumns+" FROM photos WHERE digest = $1", digest))
		return missing(err, "photo", "photo", "图片", digest.Short())
	})
	return p, err
}

// Photos returns those of the photos that are known.
func (s *Store) Photos(ctx context.Context, digests []press.Digest) (map[press.Digest]press.Photo, error) {
	out := make(map[press.Digest]press.Photo, len(digests))
	err := s.read(ctx, "photos", func(t *tx) error {
		for part := range slices.Chunk(digests, maxLimit) {
			var w where
			w.in("digest", anys(part))
			found, err := all(t, scanPhoto, "SELECT "+photoColumns+" FROM photos"+w.String(), w.args...)
			if err != nil {
				return err
			}
			for _, p := range found {
				out[p.Digest] = p
			}
		}
		return nil
	})
	return out, err
}

const renditionColumns = "photo, recipe, version, frame, digest, content_type, width, height, bytes"

func scanRendition(r row) (d press.Rendition, err error) {
	err = r.Scan(text(&d.Photo), text(&d.Recipe), &d.Version, &d.Frame, text(&d.Digest), &d.ContentType,
		&d.Width, &d.Height, &d.Bytes)
	return d, err
}

// SaveRendition notes renditions of photos that were saved before, all or none. The first one under a key stays.
func (s *Store) SaveRendition(ctx context.Context, made ...press.Rendition) error {
	return s.write(ctx, "save rendition", func(t *tx) error {
		for _, d := range made {
			err := t.must(insert("renditions", renditionColumns)+" ON CONFLICT (photo, recipe, version, frame) DO NOTHING",
				d.Photo, d.Recipe, d.Version, d.Frame, d.Digest, d.ContentType, d.Width, d.Height, d.Bytes)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Rendition returns a rendition; NotFound if it has not been made.
func (s *Store) Rendition(ctx context.Context, key press.RenditionKey) (d press.Rendition, err error) {
	err = s.read(ctx, "rendition", func(t *tx) error {
		d, err = scanRendition(t.one("SELECT "+renditionColumns+
			" FROM renditions WHERE photo = $1 AND recipe = $2 AND version = $3 AND frame = $4",
			key.Photo, key.Recipe, key.Version, key.Frame))
		return missing(err, "rendition", "rendition "+string(key.Recipe)+" of", "图片尺寸 "+string(key.Recipe), key.Photo.Short())
	})
	return d, err
}

// Renditions returns every rendition of a photo, of all recipes and versions.
func (s *Store) Renditions(ctx context.Context, photo press.Digest) (out []press.Rendition, err error) {
	err = s.read(ctx, "renditions", func(t *tx) error {
		out, err = all(t, scanRendition, "SELECT "+renditionColumns+
			" FROM renditions WHERE photo = $1 ORDER BY recipe, version, frame", photo)
		return err
	})
	return out, err
}
