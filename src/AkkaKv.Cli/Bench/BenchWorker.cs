using System.Diagnostics;
using System.Net.Sockets;
using AkkaKv.Cli.Bench.Targets;

namespace AkkaKv.Cli.Bench;

/// <summary>
/// One thread that drives its connections through one poll of all their sockets. No task, no queue, no hand-over: it
/// shares the machine with what it measures.
/// </summary>
internal sealed class BenchWorker(IReadOnlyList<BenchConnection> connections, OperationSource source, BenchPhase phase, TimeSpan operationTimeout)
{
    private const int PollMicros = 20_000;
    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<Socket, BenchConnection> _bySocket = [];
    private readonly List<Socket> _readable = [];
    private bool _exhausted;
    private long _lastSweep;

    public BenchTally Tally { get; } = new();

    public void Run()
    {
        foreach (var connection in connections)
            StartNext(connection);
        while (!phase.IsStopped && !(_exhausted && connections.All(each => !each.IsBusy)))
        {
            Poll();
            foreach (var socket in _readable)
            {
                if (_bySocket.TryGetValue(socket, out var connection))
                    OnReadable(connection);
            }
            Sweep();
        }
        foreach (var connection in connections)
            connection.Close();
    }

    private void Poll()
    {
        _readable.Clear();
        foreach (var connection in connections)
        {
            if (connection.IsBusy)
                _readable.Add(connection.Socket!);
        }
        if (_readable.Count == 0)
            Thread.Sleep(1);
        else
            Socket.Select(_readable, null, null, PollMicros);
    }

    private void OnReadable(BenchConnection connection)
    {
        try
        {
            var verdict = connection.Receive();
            if (verdict.Finding == Finding.Incomplete)
                return;
            if (phase.IsRecording)
                Record(connection, verdict);
            if (verdict.Closes)
                Drop(connection, null);
            StartNext(connection);
        }
        catch (SocketException)
        {
            Drop(connection, "connection lost");
        }
        catch (FormatException)
        {
            Drop(connection, "not understood");
        }
    }

    private void Record(BenchConnection connection, Verdict verdict)
    {
        if (verdict.Finding == Finding.Failed)
        {
            Tally.CountError(verdict.Error!);
            return;
        }
        long nanoseconds = (long)Stopwatch.GetElapsedTime(connection.SentAt).TotalNanoseconds;
        (connection.Kind == OperationKind.Read ? Tally.Reads : Tally.Writes).Record(nanoseconds);
        if (verdict.Finding == Finding.Missed)
            Tally.Misses++;
        if (verdict.Finding == Finding.FoundSiblings)
            Tally.Siblings++;
    }

    private void StartNext(BenchConnection connection)
    {
        if (connection.Socket is null && !TryOpen(connection))
            return;
        if (!source.TryNext(connection.Random, out var kind, out int key))
        {
            _exhausted = true;
            return;
        }
        try
        {
            connection.Send(kind, key);
        }
        catch (SocketException)
        {
            Drop(connection, "connection lost");
        }
    }

    private bool TryOpen(BenchConnection connection)
    {
        if (Stopwatch.GetTimestamp() < connection.RestUntil)
            return false;
        if (connection.TryOpen())
        {
            _bySocket[connection.Socket!] = connection;
            return true;
        }
        Drop(connection, "no connection");
        return false;
    }

    private void Drop(BenchConnection connection, string? error)
    {
        if (error is not null)
        {
            connection.RestUntil = Stopwatch.GetTimestamp() + (long)(RestAfterFailure.TotalSeconds * Stopwatch.Frequency);
            if (phase.IsRecording)
                Tally.CountError(error);
        }
        if (connection.Socket is { } socket)
            _bySocket.Remove(socket);
        connection.Close();
    }

    /// <summary>Now and then: ends what had no answer for too long, and reopens what was closed.</summary>
    private void Sweep()
    {
        if (Stopwatch.GetElapsedTime(_lastSweep) < TimeSpan.FromMilliseconds(50))
            return;
        _lastSweep = Stopwatch.GetTimestamp();
        foreach (var connection in connections)
        {
            if (connection.IsBusy && Stopwatch.GetElapsedTime(connection.SentAt) > operationTimeout)
                Drop(connection, "no answer in time");
            if (!connection.IsBusy && !_exhausted)
                StartNext(connection);
        }
    }
}
