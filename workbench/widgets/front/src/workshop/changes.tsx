// What has changed in the app since the last review.

interface Changed {
  change: string;
  noun: string;
  name: string;
  field: string | null;
  before: string | null;
  after: string | null;
}

const HEADS = ["Change", "What", "Name", "Field", "Before", "Now"];

export function WhatChanged({ changes }: { changes: Changed[] }) {
  if (!changes.length) return <p>Nothing in the app has changed since the last review.</p>;
  return (
    <table class="tw-table">
      <caption>What has changed since the last review</caption>
      <thead>
        <tr>
          {HEADS.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {changes.map((row, index) => (
          <tr key={index}>
            <td>{row.change}</td>
            <td>{row.noun.replace("_", " ")}</td>
            <td>{row.name}</td>
            <td>{row.field}</td>
            <td>{row.before}</td>
            <td>{row.after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
