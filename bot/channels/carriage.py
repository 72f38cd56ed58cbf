"""Which channel carries which file, and what an officer is told where one does not.

WhatsApp by Twilio: 16 MB, images 5 MB, and these kinds; Twilio fetches the file from us, so it needs an address
(twilio.com/docs/whatsapp/guidance-whatsapp-media-messages, twilio.com/docs/messaging/guides/accepted-mime-types).
Of an OGG it shows Opus only, of an MP4 H.264 with AAC: what it does not take there it reports afterwards.
"""

from __future__ import annotations

from handlers.messages import Channel
from handlers.parcels import OutgoingFile

MEGABYTE = 1 << 20
LARGEST = 16 * MEGABYTE  # of any file: what every channel carries
WHATSAPP_IMAGE = 5 * MEGABYTE
_OFFICE = "application/vnd.openxmlformats-officedocument."
WHATSAPP_IMAGES = frozenset({"image/jpeg", "image/png"})
WHATSAPP_KINDS = WHATSAPP_IMAGES | {
    *("audio/ogg", "audio/mpeg", "audio/mp4", "audio/amr", "audio/aac"),
    *("video/mp4", "application/pdf", "text/vcard"),
    f"{_OFFICE}wordprocessingml.document",
    f"{_OFFICE}spreadsheetml.sheet",
    f"{_OFFICE}presentationml.presentation",
}


def can_carry(channel: Channel, file: OutgoingFile, *, public_url: str | None) -> str | None:
    """None, or why this file cannot go that way: a sentence for the officer.

    public_url: PUBLIC_URL, of which Twilio fetches what WhatsApp is to carry.
    """
    if file.size > LARGEST:
        return f"Berkas ini lebih dari {LARGEST // MEGABYTE} MB. Kirim yang lebih kecil."
    if channel != "whatsapp":
        return None
    if not public_url:
        return (
            "Berkas belum bisa dikirim lewat WhatsApp karena PUBLIC_URL belum diatur. "
            "Mintalah petugas TI mengaturnya, atau kirim isinya sebagai teks."
        )
    if file.content_type not in WHATSAPP_KINDS:
        return "WhatsApp tidak menerima jenis berkas ini. Kirim sebagai PDF, JPEG, atau PNG."
    if file.content_type in WHATSAPP_IMAGES and not file.picture:
        return "Gambar ini rusak, jadi WhatsApp tidak akan menerimanya. Simpan ulang gambarnya, lalu kirim lagi."
    if file.content_type in WHATSAPP_IMAGES and file.size > WHATSAPP_IMAGE:
        return (
            f"WhatsApp hanya menerima gambar sampai {WHATSAPP_IMAGE // MEGABYTE} MB. "
            "Kirim gambar yang lebih kecil, atau jadikan PDF."
        )
    return None
