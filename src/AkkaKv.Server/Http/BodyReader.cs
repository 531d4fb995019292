using System.Buffers;
using System.IO.Pipelines;

namespace AkkaKv.Server.Http;

/// <summary>A request body in memory, or why there is none.</summary>
/// <param name="Bytes">The body.</param>
/// <param name="Reserved">What the gate holds for it; the caller releases it when the bytes are done with.</param>
/// <param name="Problem">Why the body was refused.</param>
internal readonly record struct RequestBody(byte[] Bytes, long Reserved, ProblemDocument? Problem);

/// <summary>
/// Reads a request body of bounded size within bounded time. Each allocation is checked against the value's limit and
/// reserved at the gate before it is made.
/// </summary>
internal sealed class BodyReader(RequestGate gate, int valueBytesMax, TimeSpan timeout, TimeProvider clock)
{
    private const int FirstChunkedBytes = 4096;

    /// <summary>Reads the whole body.</summary>
    public ValueTask<RequestBody> ReadAsync(HttpContext context)
    {
        var length = context.Request.ContentLength;
        if (length > valueBytesMax)
            return Refused(Problems.ValueTooLarge(length, valueBytesMax));
        if (length == 0)
            return new ValueTask<RequestBody>(new RequestBody([], 0, null));
        var first = length ?? Math.Min(FirstChunkedBytes, valueBytesMax);
        if (!gate.TryReserve(first))
            return Refused(Busy());
        if (length is null)
            return ReadSlowlyAsync(context, new byte[first], exact: false);
        var bytes = GC.AllocateUninitializedArray<byte>((int)first);
        return TryReadAtOnce(context.Request.BodyReader, bytes)
            ? new ValueTask<RequestBody>(new RequestBody(bytes, first, null))
            : ReadSlowlyAsync(context, bytes, exact: true);
    }

    private static bool TryReadAtOnce(PipeReader reader, byte[] bytes)
    {
        if (!reader.TryRead(out var result))
            return false;
        var buffer = result.Buffer;
        if (buffer.Length != bytes.Length)
        {
            reader.AdvanceTo(buffer.Start);
            return false;
        }

        buffer.CopyTo(bytes);
        reader.AdvanceTo(buffer.End);
        return true;
    }

    private async ValueTask<RequestBody> ReadSlowlyAsync(HttpContext context, byte[] bytes, bool exact)
    {
        var body = new Growing(bytes, bytes.Length);
        var kept = false;
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
        try
        {
            var problem = await FillAsync(context.Request.BodyReader, body, exact, either.Token);
            kept = problem is null;
            return new RequestBody(kept ? body.Exact() : [], kept ? body.Reserved : 0, problem);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            return new RequestBody([], 0, Problems.BodyTimeout(timeout));
        }
        finally
        {
            if (!kept)
                gate.Release(body.Reserved);
        }
    }

    private async ValueTask<ProblemDocument?> FillAsync(PipeReader reader, Growing body, bool exact, CancellationToken cancellation)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellation);
            var buffer = result.Buffer;
            if (body.Length + buffer.Length > valueBytesMax)
                return Problems.ValueTooLarge(null, valueBytesMax);
            if (!TryMakeRoom(body, body.Length + (int)buffer.Length))
                return Busy();
            buffer.CopyTo(body.Bytes.AsSpan(body.Length));
            body.Length += (int)buffer.Length;
            reader.AdvanceTo(buffer.End);
            if (result.IsCompleted || (exact && body.Length == body.Bytes.Length))
                return null;
        }
    }

    private bool TryMakeRoom(Growing body, int needed)
    {
        if (needed <= body.Bytes.Length)
            return true;
        var capacity = (int)Math.Min(valueBytesMax, Math.Max(needed, body.Bytes.Length * 2L));
        if (!gate.TryReserve(capacity - body.Bytes.Length))
            return false;
        body.Reserved = capacity;
        Array.Resize(ref body.Bytes, capacity);
        return true;
    }

    private ProblemDocument Busy() => Problems.Busy($"{gate.BytesMax} bytes of request bodies in flight (Limits:RequestBytesInFlightMax)");

    private static ValueTask<RequestBody> Refused(ProblemDocument problem) => new(new RequestBody([], 0, problem));

    private sealed class Growing(byte[] bytes, long reserved)
    {
        public byte[] Bytes = bytes;

        public int Length { get; set; }

        public long Reserved { get; set; } = reserved;

        public byte[] Exact() => Length == Bytes.Length ? Bytes : Bytes.AsSpan(0, Length).ToArray();
    }
}
