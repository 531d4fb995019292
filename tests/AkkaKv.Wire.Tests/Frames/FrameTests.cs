using AkkaKv.Core.Kernel;
using AkkaKv.Wire.Frames;
using Xunit.Abstractions;

namespace AkkaKv.Wire.Tests.Frames;

public sealed class FrameTests(ITestOutputHelper output)
{
    [Fact]
    public void A_batch_of_frames_is_read_back_however_it_is_cut()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        byte[][] bodies = [.. Enumerable.Range(0, 200).Select(_ => new byte[random.Next(3000)])];
        using var buffer = new FrameBuffer(1024);
        foreach (byte[] body in bodies)
        {
            random.Fill(body);
            int start = buffer.BeginFrame();
            body.CopyTo(buffer.GetSpan(body.Length));
            buffer.Advance(body.Length);
            buffer.EndFrame(start);
        }

        buffer.Frames.ShouldBe(bodies.Length);
        byte[] stream = buffer.Written.ToArray();
        var found = new List<byte[]>();
        for (int start = 0, end = 0; end < stream.Length;)
        {
            end = Math.Min(stream.Length, end + 1 + random.Next(5000));
            while (FrameCodec.TryRead(stream.AsSpan(start, end - start), 3000, out int frameBytes))
            {
                found.Add(stream[(start + FrameCodec.HeaderBytes)..(start + frameBytes)]);
                start += frameBytes;
            }
        }

        found.Count.ShouldBe(bodies.Length);
        for (int i = 0; i < bodies.Length; i++)
            found[i].ShouldBe(bodies[i]);
    }

    [Fact]
    public void A_frame_over_the_limit_is_refused_from_its_header_alone()
    {
        byte[] header = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0];

        Should.Throw<WireFormatException>(() => FrameCodec.TryRead(header, 1024, out _))
            .Message.ShouldContain("may hold 1024 bytes; the peer announced 4294967295");
    }

    [Fact]
    public void Any_flipped_bit_of_a_body_is_found()
    {
        using var buffer = new FrameBuffer(1024);
        int start = buffer.BeginFrame();
        "some body"u8.CopyTo(buffer.GetSpan(9));
        buffer.Advance(9);
        buffer.EndFrame(start);
        for (int bit = 8 * 4; bit < 8 * buffer.Length; bit++)
        {
            byte[] bytes = buffer.Written.ToArray();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<WireFormatException>(() => FrameCodec.TryRead(bytes, 1024, out _));
        }
    }

    [Fact]
    public void A_rolled_back_frame_and_signs_of_life_leave_no_message()
    {
        using var buffer = new FrameBuffer(1024);
        int start = buffer.BeginFrame();
        buffer.GetSpan(100).Clear();
        buffer.Advance(100);
        buffer.Rollback(start);
        buffer.Length.ShouldBe(0);
        buffer.AppendSignOfLife();

        FrameCodec.TryRead(buffer.Written.Span, 0, out int frameBytes).ShouldBeTrue();
        frameBytes.ShouldBe(FrameCodec.HeaderBytes);
        buffer.Frames.ShouldBe(0);
    }

    [Fact]
    public void A_buffer_that_grew_gives_its_bytes_back_when_cleared()
    {
        using var buffer = new FrameBuffer(1024);
        buffer.GetSpan(1 << 20);
        buffer.Clear();

        buffer.GetSpan(1).Length.ShouldBeLessThan(1 << 20);
    }
}

internal static class RandomBytes
{
    public static void Fill(this RandomSource random, byte[] bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)random.NextUInt64();
    }
}
