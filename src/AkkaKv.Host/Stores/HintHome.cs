using System.Globalization;
using System.Text;
using AkkaKv.Storage;
using AkkaKv.Storage.Disk;

namespace AkkaKv.Host.Stores;

/// <summary>
/// Says in a node's directory that its hints are kept outside of its log: written before the first of them may be, so that no
/// start, on whichever host, leaves them behind unnoticed.
/// </summary>
/// <param name="Kind">What keeps them, as the setting <c>Akka:Hints</c> names it.</param>
/// <param name="Owner">Under which name they are kept there; of letters, digits and dashes.</param>
/// <param name="Partitions">Q of the ring: they are kept for each partition.</param>
public sealed record HintHome(string Kind, string Owner, int Partitions)
{
    /// <summary>The file: one line for each value.</summary>
    public const string FileName = "hints-home";

    /// <returns>Null when the hints are in the log.</returns>
    /// <exception cref="StoreOpenException">The file is not what this release writes.</exception>
    public static HintHome? ReadFrom(string directory)
    {
        string path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            return null;
        string[] lines = LinesOf(path);
        return lines is [{ Length: > 0 } kind, { Length: > 0 } owner, { } partitions] && int.TryParse(partitions, NumberStyles.None, CultureInfo.InvariantCulture, out int q)
            ? new HintHome(kind, owner, q)
            : throw new StoreOpenException($"{path} must say in three lines where the node's hints are; found {lines.Length} lines that do not. Bring it back from a backup, or replace the node with an empty directory.");
    }

    /// <summary>Durable when it returns.</summary>
    public void WriteTo(string directory) =>
        WholeFile.Replace(new PosixDisk(directory), FileName, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Kind}\n{Owner}\n{Partitions}\n")));

    /// <summary>The hints are in the log from here on.</summary>
    public static void RemoveFrom(string directory)
    {
        var disk = new PosixDisk(directory);
        disk.Delete(FileName);
        disk.SyncDirectory();
    }

    private static string[] LinesOf(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"{path} says where the node's hints are and must be readable: {unreadable.Message} Give this process the right to read it.", unreadable);
        }
    }
}
