using System.Buffers;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Wire.Frames;

/// <summary>
/// A pooled buffer into which frames are encoded one after the other, so that a whole batch is one write. Not for
/// several threads at once.
/// </summary>
public sealed class FrameBuffer(int bytesKept) : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>Bytes of finished frames, and of the open one.</summary>
    public int Length => _length;

    /// <summary>Finished frames since the last <see cref="Clear"/>, without signs of life.</summary>
    public int Frames { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Starts a frame; the body is then written through the buffer-writer methods.</summary>
    /// <returns>Where it starts, for <see cref="EndFrame"/> or <see cref="Rollback"/>.</returns>
    public int BeginFrame()
    {
        int start = _length;
        GetSpan(FrameCodec.HeaderBytes);
        _length += FrameCodec.HeaderBytes;
        return start;
    }

    /// <summary>Closes the frame that starts at <paramref name="start"/>.</summary>
    public void EndFrame(int start)
    {
        Span<byte> frame = _bytes.AsSpan(start, _length - start);
        FrameCodec.WriteHeader(frame, frame[FrameCodec.HeaderBytes..]);
        Frames++;
    }

    /// <summary>Forgets the open frame.</summary>
    public void Rollback(int start) => _length = start;

    /// <summary>Appends a frame without a body.</summary>
    public void AppendSignOfLife()
    {
        int start = BeginFrame();
        FrameCodec.WriteHeader(_bytes.AsSpan(start), []);
    }

    /// <summary>Empties the buffer; one that grew past what is kept goes back to the pool.</summary>
    public void Clear()
    {
        _length = 0;
        Frames = 0;
        if (_bytes.Length > bytesKept)
            Dispose();
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        Invariant.Require(count >= 0 && count <= _bytes.Length - _length, "a writer advances within its span", count);
        _length += count;
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => Room(sizeHint).AsSpan(_length);

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0) => Room(sizeHint).AsMemory(_length);

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        _length = 0;
        Frames = 0;
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private byte[] Room(int sizeHint)
    {
        int needed = checked(_length + Math.Max(sizeHint, 1));
        if (needed <= _bytes.Length)
            return _bytes;
        long doubled = Math.Min(Array.MaxLength, Math.Max(4096, 2L * _bytes.Length));
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, doubled));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
        return larger;
    }
}
