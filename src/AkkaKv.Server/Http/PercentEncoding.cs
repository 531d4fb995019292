using System.Globalization;

namespace AkkaKv.Server.Http;

/// <summary>Percent-decoding to exact bytes (RFC 3986, section 2.1): no normalization, no character set, "+" is a plus.</summary>
internal static class PercentEncoding
{
    /// <summary>Decodes ASCII text.</summary>
    /// <returns>False when a "%" is not followed by two hexadecimal digits, or a character is not ASCII.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (text.IsEmpty)
            return true;
        var escapes = text.Count('%');
        var length = text.Length - (2 * escapes);
        if (length <= 0)
            return false;
        bytes = new byte[length];
        var read = 0;
        for (var written = 0; written < bytes.Length; written++)
        {
            if (read >= text.Length)
                return false;
            if (text[read] != '%')
            {
                if (!char.IsAscii(text[read]))
                    return false;
                bytes[written] = (byte)text[read++];
                continue;
            }

            if (read + 3 > text.Length || !TryDecodeOne(text.Slice(read + 1, 2), out bytes[written]))
                return false;
            read += 3;
        }

        return read == text.Length;
    }

    private static bool TryDecodeOne(ReadOnlySpan<char> digits, out byte value) =>
        byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
