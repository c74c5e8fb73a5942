package intake

import "newsdesk/internal/press"

// Resolve returns the content with the photos' real digests, keyed by Photo.Key. Pictures whose key is not in the map
// (photos that were refused) are dropped, and so is a cover; the result is normalized.
func (p Parcel) Resolve(digests map[string]press.Digest) press.Content {
	content := p.Content
	if digest, ok := digests[string(content.Cover.Photo)]; ok {
		content.Cover.Photo = digest
	} else {
		content.Cover = press.Cover{}
	}
	blocks := make([]press.Block, 0, len(content.Body.Blocks))
	for _, block := range content.Body.Blocks {
		if block = resolveBlock(block, digests); block != nil {
			blocks = append(blocks, block)
		}
	}
	content.Body = press.Body{Blocks: blocks}
	return content.Normalize()
}

func resolveBlock(block press.Block, digests map[string]press.Digest) press.Block {
	switch block := block.(type) {
	case press.Picture:
		digest, ok := digests[string(block.Photo)]
		if !ok {
			return nil
		}
		block.Photo = digest
		return block
	case press.Gallery:
		return resolveGallery(block, digests)
	}
	return block
}

func resolveGallery(gallery press.Gallery, digests map[string]press.Digest) press.Block {
	var photos []press.Picture
	for _, picture := range gallery.Photos {
		if digest, ok := digests[string(picture.Photo)]; ok {
			picture.Photo = digest
			photos = append(photos, picture)
		}
	}
	return press.Gallery{Photos: photos} // normalizing drops an empty one
}

// PhotoOf returns the photo that a placeholder in the content stands for.
func (p Parcel) PhotoOf(placeholder press.Digest) (Photo, bool) {
	for _, photo := range p.Photos {
		if photo.Key == string(placeholder) {
			return photo, true
		}
	}
	return Photo{}, false
}
