using System.Net.Sockets;
using AkkaKv.Core.Kernel;
using AkkaKv.Wire;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Frames;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Host.Native.Peers;

/// <summary>
/// Keeps one connection to one peer: dials, agrees, carries until it breaks, waits, dials again. The peer answers each
/// sign of life with one, and says nothing else on this connection.
/// </summary>
internal sealed class PeerDialler(
    PeerLink link, MessageClass group, PeerTable peers, NativeNodeOptions options, NativeHooks hooks, IMessageCodec codec, TimeProvider clock, ulong seed)
{
    private readonly RandomSource _random = new(seed);

    public async Task RunAsync(CancellationToken stop)
    {
        int failures = 0;
        while (!stop.IsCancellationRequested)
        {
            Task dialNow = link.DialNow;
            if (link.Endpoint.Port != 0 && await TryConnectAndCarryAsync(stop))
                failures = 0;
            if (!stop.IsCancellationRequested)
                await WaitAsync(failures++, dialNow, stop);
        }
    }

    // True when the connection stood, however it ended.
    private async Task<bool> TryConnectAndCarryAsync(CancellationToken stop)
    {
        using var buffer = new ReceiveBuffer(HandshakeCodec.BodyBytesMax);
        bool stood = false;
        try
        {
            // A process that is out of file descriptors gets no socket; that passes, like any trouble of the network.
            using Socket socket = hooks.OpenSocket();
            socket.NoDelay = true;
            int version = await AgreeAsync(socket, buffer, stop);
            stood = true;
            await CarryAsync(socket, version, buffer, stop);
        }
        catch (Exception cause) when (IsOfTheNetwork(cause))
        {
            if (!stop.IsCancellationRequested)
            {
                Interlocked.Increment(ref link.Counters.ConnectionsFailed);
                link.Trouble(group, TextOf(cause));
            }
        }

        return stood;
    }

    // Returns the version of the protocol that both speak.
    private async Task<int> AgreeAsync(Socket socket, ReceiveBuffer buffer, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        Hello own = options.HelloTo(link.Node.Name, group, peers.ClusterId);
        await socket.ConnectAsync(link.Endpoint.Host, link.Endpoint.Port, either.Token);
        await HandshakeExchange.SendAsync(socket, output => HandshakeCodec.Write(own, output), either.Token);
        HelloAnswer answer = await HandshakeExchange.ReceiveAsync(socket, buffer, HandshakeCodec.ReadAnswer, either.Token);
        string? refusal = answer.Refusal ?? own.RefusalOf(answer.Hello);
        if (refusal is not null)
            throw new WireFormatException(refusal);
        return own.VersionWith(answer.Hello);
    }

    private async Task CarryAsync(Socket socket, int version, ReceiveBuffer buffer, CancellationToken stop)
    {
        var sender = new PeerSender(socket, version, options, codec, link.Counters, clock);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var life = new SignsOfLife(clock);
        link.Up(group, sender);
        Task watching = WatchAsync(sender, life, ended.Token);
        Task reading = ReadSignsOfLifeAsync(socket, buffer, life, ended.Token);
        try
        {
            await await Task.WhenAny(watching, reading);
        }
        finally
        {
            link.Down(group);
            sender.Dispose();
            await ended.CancelAsync();
            await Task.WhenAll(watching, reading).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private async Task ReadSignsOfLifeAsync(Socket socket, ReceiveBuffer buffer, SignsOfLife life, CancellationToken ended)
    {
        while (true)
        {
            while (FrameCodec.TryRead(buffer.Unread, bodyBytesMax: 0, out int frameBytes))
                buffer.Consume(frameBytes);
            if (!await buffer.FillAsync(socket, FrameCodec.HeaderBytes, ended))
                throw new WireFormatException($"{link.Node} closed the connection.");
            life.HeardNow();
        }
    }

    private async Task WatchAsync(PeerSender sender, SignsOfLife life, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(options.PingInterval, clock);
        long lastTick = clock.GetTimestamp();
        while (await timer.WaitForNextTickAsync(ended))
        {
            // A write that moves on is a sign of life too: the answer to a ping may wait behind a large batch.
            if (sender.IsBusy && sender.ProgressAt > lastTick)
                life.HeardNow();
            lastTick = clock.GetTimestamp();
            TimeSpan silence = life.SilenceSince(life.HeardAt);
            if (silence > options.SilenceMax)
            {
                throw new TimeoutException(
                    $"{link.Node} showed no sign of life for {silence.TotalSeconds:F1} s; the limit is {options.SilenceMax.TotalSeconds:F1} s.");
            }

            sender.Ping();
        }
    }

    private async Task WaitAsync(int failures, Task dialNow, CancellationToken stop)
    {
        double doubled = options.BackoffFirst.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 30));
        double millis = Math.Min(doubled, options.BackoffMax.TotalMilliseconds) * (0.5 + (_random.NextDouble() / 2));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(millis), clock, either.Token), dialNow);
        await either.CancelAsync();
    }

    private static bool IsOfTheNetwork(Exception cause) => cause
        is SocketException or ObjectDisposedException or WireFormatException or OperationCanceledException or TimeoutException;

    private string TextOf(Exception cause) => cause switch
    {
        OperationCanceledException => $"no agreement within {options.ConnectTimeout.TotalSeconds:F1} s at {link.Endpoint.Host}:{link.Endpoint.Port}.",
        SocketException => $"{link.Endpoint.Host}:{link.Endpoint.Port}: {cause.Message}.",
        _ => cause.Message,
    };
}

/// <summary>When a connection last heard from the other side.</summary>
internal sealed class SignsOfLife(TimeProvider clock)
{
    private long _heardAt = clock.GetTimestamp();

    public long HeardAt => Volatile.Read(ref _heardAt);

    public void HeardNow() => Volatile.Write(ref _heardAt, clock.GetTimestamp());

    public TimeSpan SilenceSince(long timestamp) => clock.GetElapsedTime(timestamp);
}
